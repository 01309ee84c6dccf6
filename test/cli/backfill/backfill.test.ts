import { STACK } from '../../../bench/backfill';
import { count, locationIn, type Where } from '../../../cli/backfill/count';
import { hoursOf, priceOf } from '../../../cli/backfill/price';
import { report } from '../../../cli/backfill/report';
import type { ChildResult, Progress, Run } from '../../../cli/backfill/runs';
import { duration, ending, progressLine } from '../../../cli/backfill/words';
import { total } from '../../../cli/estimate/bill';
import { pricesOf } from '../../../cli/estimate/prices';
import { engineHint, type Hint } from '../../../cli/lib/hint';

const where: Where = {
  bucket: 'uploads',
  prefix: 'in/',
  uploadsPrefix: 'in/',
  suffixes: ['jpg'],
  since: '2026-01-01T00:00:00.000Z',
  limit: 4,
};

async function* objects() {
  yield { key: 'in/a.jpg', bytes: 10, modified: new Date('2026-02-01') };
  yield { key: 'in/old.jpg', bytes: 10, modified: new Date('2025-02-01') };
  yield { key: 'in/b.JPG', bytes: 30 };
  yield { key: 'in/notes.txt', bytes: 1_000 };
  yield { key: 'in/beyond-the-limit.jpg', bytes: 10 };
}

test('counts what a run would look at, and the images among it', async () => {
  expect(await count(objects(), where)).toEqual({
    objects: 4,
    images: 2,
    bytes: 40,
    sample: ['in/a.jpg', 'in/b.JPG'],
  });
});

test('an inventory is named by its manifest', () => {
  expect(locationIn('s3://reports/all/2026/manifest.json')).toEqual({
    bucket: 'reports',
    key: 'all/2026/manifest.json',
  });
  for (const wrong of ['reports/manifest.json', 's3://reports/data.csv', 's3://reports']) {
    expect(() => locationIn(wrong)).toThrow(/Expected the address of a manifest\.json/);
  }
});

const PRICES = pricesOf('us-east-1');
const usd = (images: number) => total(priceOf({ objects: 1e6, images, megabytes: 3 }, STACK, PRICES));

test('a look at a million objects costs what ADR 0012 says, and thumbnails cost more', () => {
  const lines = priceOf({ objects: 1e6, images: 0, megabytes: 3 }, STACK, PRICES);
  const of = (what: string) => lines.find((line) => line.what === what)?.usd;
  expect(of('children started')).toBeCloseTo(0.625, 6);
  expect(of('looks at each object')).toBeCloseTo(0.4, 6);
  expect(of('records read')).toBeCloseTo(0.125, 6);
  expect(usd(0)).toBeLessThan(2);
  expect(usd(1e6)).toBeGreaterThan(10 * usd(0));
});

test('twice as many images at once take half as long', () => {
  const job = { objects: 1e6, images: 1e6, megabytes: 3 };
  expect(hoursOf(job, STACK, 20) / hoursOf(job, STACK, 40)).toBeCloseTo(2, 6);
});

const hint: Hint = (name, ...args) => engineHint('/tmp/data', name, ...args);

const run: Run = {
  name: 'backfill-1',
  executionArn: 'arn',
  status: 'RUNNING',
  startDate: new Date(),
  input: {} as never,
};
const at = (made: number, changes: Partial<Progress> = {}): Progress => ({
  run,
  counts: { made, skipped: { done: 40 }, failed: { CorruptImage: 2, EmptyObject: 8 } },
  objects: 1_050,
  unfinished: 0,
  ...changes,
});

test('progress says what is done, the failures by name, the rate and what is left', () => {
  expect(progressLine(at(500), { progress: at(400), seconds: 10 })).toBe(
    '550 of 1,050, 500 made, 40 left alone, 10 failed (8 EmptyObject, 2 CorruptImage), 10 a second, less than a minute left',
  );
  expect(duration(30)).toBe('30.0 hours');
});

test('a run that failed says why, and how to go on', () => {
  const failed = { ...run, status: 'FAILED', error: 'States.ItemReaderFailed', cause: 'AccessDenied' };
  expect(ending(at(1, { run: failed, unfinished: 40 }), hint).join('\n')).toMatch(
    /40 objects in batches that failed[\s\S]*FAILED: States\.ItemReaderFailed\nAccessDenied\n.*--local --data \/tmp\/data --resume backfill-1/,
  );
});

async function* files(): AsyncGenerator<ChildResult[]> {
  const failures = [
    { key: 'b.jpg', error: 'CorruptImage', message: 'cut off' },
    { key: 'a.jpg', error: 'CorruptImage', message: 'cut off', before: true },
  ];
  yield [{ Status: 'SUCCEEDED', Output: JSON.stringify({ made: 3, skipped: {}, failures }) }];
  yield [{ Status: 'FAILED', Error: 'Unfinished', Cause: '1 of 40' }];
}

test('the report is one table of all files, and names batches that were not finished', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  const result = await report({ results: async () => files() }, run, hint);
  const printed = log.mock.calls.flat();
  log.mockRestore();
  expect(printed).toEqual([
    'CorruptImage  a.jpg  cut off  (failed before)',
    'CorruptImage  b.jpg  cut off',
    'batch FAILED: Unfinished: 1 of 40',
  ]);
  expect(result).toEqual({
    ok: false,
    summary:
      '3 images made, 2 images FAILED: 2 CorruptImage\n1 batch not finished: run the backfill again for their images',
  });
  expect(await report({ results: async () => undefined }, run, hint)).toMatchObject({ ok: false });
});
