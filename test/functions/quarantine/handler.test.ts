import { marshall } from '@aws-sdk/util-dynamodb';
import { type AwsAnswers, fakeAws } from '../aws';
import { captureMetrics } from '../emitted';
import { created, EXECUTION, TABLE, THUMBNAILS, UPLOADS } from '../support';

const written = captureMetrics('pics');
const invoke = fakeAws();

const state = {
  ...created(),
  error: { Error: 'CorruptImage', Cause: '{"errorMessage":"It is damaged."}' },
};
const thumbnailKeys = new Set(['old.jpg']);
const answers: AwsAnswers = {
  UpdateItem: () => ({ Attributes: marshall({ status: 'DONE', sequencer: '0', thumbnailKeys }) }),
  HeadObject: () => ({ ETag: '"e"', ContentLength: 1, Metadata: { sequencer: '0'.repeat(32) } }),
  DeleteObject: () => ({}),
  CopyObject: () => ({}),
};
const quarantine = (variables: Record<string, string> = {}, changes: AwsAnswers = {}) =>
  invoke('quarantine', { execution: EXECUTION, state }, { ...answers, ...changes }, variables);

interface Failure {
  error: string;
  text: string;
  message: object;
  event?: { namePrefix: string };
}

test('copies the original, removes earlier thumbnails, and answers with the message', async () => {
  written.take();
  const { answer, inputs } = await quarantine();
  expect(inputs).toMatchObject([
    { TableName: TABLE },
    { Bucket: THUMBNAILS, Key: 'old.jpg' },
    { Bucket: THUMBNAILS, Key: 'old.jpg', IfMatch: '"e"' },
    { Bucket: 'quarantine', CopySource: expect.stringContaining(UPLOADS) },
    { TableName: TABLE },
  ]);
  expect(answer).toMatchObject({
    error: 'CorruptImage',
    message: {
      error: { name: 'CorruptImage', message: 'It is damaged.' },
      quarantine: { bucket: 'quarantine', key: 'uploads/canyon.jpg' },
    },
  });
  expect(written.take()).toEqual([
    'Failed{Workflow=pics} 1 Count',
    'Failed{Workflow=pics,Error=CorruptImage} 1 Count',
  ]);
});

test('the mail links the runbook of the settings, or that of the checkout', async () => {
  const runbookIn = async (variables: Record<string, string>) =>
    /^Runbook: +(.*)#corruptimage$/m.exec(((await quarantine(variables)).answer as Failure).text)?.[1];
  expect(await runbookIn({})).toBe('docs/operations.md');
  expect(await runbookIn({ RUNBOOK_URL: 'https://git.example/runbook' })).toBe('https://git.example/runbook');
});

test('there is an event for the bus only if the settings ask for events', async () => {
  expect((await quarantine()).answer).not.toHaveProperty('event');
  expect((await quarantine({ EVENTS: 'on' })).answer).toMatchObject({
    event: { version: '1', namePrefix: 'pics' },
  });
});

test('the record gets the hash of the settings of its prefix, if the stack has backfills', async () => {
  const hashOf = async (variables: Record<string, string>) => {
    const [update] = (await quarantine(variables)).inputs;
    return update!['ExpressionAttributeValues'][':settingsHash'];
  };
  expect(await hashOf({})).toBeUndefined();
  expect(await hashOf({ SETTINGS_HASHES: '{"":"0123"}' })).toEqual({ S: '0123' });
});

test('the last second and a half are left to record what became of the copy', async () => {
  const timeout = jest.spyOn(AbortSignal, 'timeout');
  await quarantine();
  expect(timeout.mock.calls).toEqual([[118_500]]);
  timeout.mockRestore();
});
