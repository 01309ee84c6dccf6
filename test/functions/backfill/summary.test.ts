import { summarize } from '../../../functions/backfill/summary';

const ran = {
  run: 'backfill-1',
  execution: 'arn:aws:states:eu-west-1:111122223333:execution:backfill:backfill-1',
  manifest: { Bucket: 'reports', Key: 'backfill/backfill-1/manifest.json' },
};

test('the mail says what was made, what failed with the most frequent error first, and what was left alone', () => {
  const counts = { made: 1_200, skipped: { done: 30, busy: 4 }, failed: { EmptyObject: 1, CorruptImage: 5 } };
  expect(summarize(ran, counts)).toEqual({
    subject: 'Backfill: 1200 made, 6 failed, 34 left alone',
    text: `The backfill backfill-1 has ended.

Made: 1,200 images
Failed: 5 CorruptImage, 1 EmptyObject
Left alone: 30 done already, 4 being processed

Each image that failed, with the reason:
  npm run backfill -- --report backfill-1
The report: s3://reports/backfill/backfill-1/manifest.json
Execution: arn:aws:states:eu-west-1:111122223333:execution:backfill:backfill-1

What stopped for other reasons than the image itself, such as too little capacity, is made by the same command again: it leaves alone what is done.
`,
  });
});

test('the mail of a run that did nothing says so', () => {
  const { subject, text } = summarize(ran, { made: 0, skipped: {}, failed: {} });
  expect(subject).toBe('Backfill: 0 made, 0 failed, 0 left alone');
  expect(text).toContain('Made: 0 images\nFailed: none\nLeft alone: none\n');
});

test('each reason to leave an image alone is said in words', () => {
  const skipped = { done: 7, failedBefore: 6, unwanted: 5, ignored: 4, gone: 3, superseded: 2, busy: 1 };
  expect(summarize(ran, { made: 0, skipped, failed: {} }).text).toContain(
    'Left alone: 7 done already, 6 failed before, 5 not asked for, 4 not images by their names, or too old, 3 deleted meanwhile, 2 with a newer event of their own, 1 being processed\n',
  );
});

test('a reason that this version does not know is named as it was counted', () => {
  const skipped = { tomorrow: 2 } as never;
  expect(summarize(ran, { made: 0, skipped, failed: {} }).text).toContain('Left alone: 2 tomorrow\n');
});
