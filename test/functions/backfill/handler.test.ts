import { marshall } from '@aws-sdk/util-dynamodb';
import type { Batch } from '../../../contract/backfill';
import { type AwsAnswers, fakeAws, STATE_MACHINE } from '../aws';
import { TABLE, UPLOADS } from '../support';

const invoke = fakeAws();

const batch: Batch = {
  BatchInput: { run: 'backfill-1', only: 'all', since: '', atOnce: 1 },
  Items: [{ Key: 'in/a.jpg' }],
};
const answers: AwsAnswers = {
  HeadObject: () => ({ VersionId: 'v1', ETag: '"e1"', ContentLength: 7 }),
  GetItem: () => ({}),
  StartSyncExecution: () => ({ status: 'SUCCEEDED', output: '{"record":{}}' }),
  UpdateItem: () => ({}),
};

test('a batch runs each image through the workflow, as an event from its account, and counts what it did', async () => {
  const began = Date.now();
  const { answer, made, inputs, clients, open } = await invoke('backfill', batch, answers);
  const ended = Date.now();
  expect(answer).toEqual({ made: 1, skipped: {}, failures: [] });
  expect({ made, open }).toEqual({
    made: ['HeadObject', 'GetItem', 'StartSyncExecution', 'UpdateItem'],
    open: [],
  });
  expect(clients).toEqual([
    { maxAttempts: 4, requestTimeout: 10_000 },
    { maxAttempts: 4, requestTimeout: 10_000 },
    // An execution may take most of five minutes, and is never started twice.
    { maxAttempts: 1, requestTimeout: 295_000 },
    { maxAttempts: 4, requestTimeout: 10_000 },
  ]);
  const [head, get, start, update] = inputs;
  expect(head).toEqual({ Bucket: UPLOADS, Key: 'in/a.jpg' });
  expect(get).toMatchObject({ TableName: TABLE });
  expect(start).toMatchObject({
    stateMachineArn: STATE_MACHINE,
    name: expect.stringMatching(/^backfill-1_[0-9a-f]{16}$/),
  });
  expect(JSON.parse(String(start?.['input']))).toMatchObject({
    version: '0',
    account: '111122223333',
    region: 'us-east-1',
    source: 'aws.s3',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    resources: [`arn:aws:s3:::${UPLOADS}`],
    detail: { version: '0', reason: 'Backfill' },
    backfill: { run: 'backfill-1' },
  });
  expect(update).toMatchObject({
    TableName: TABLE,
    Key: { id: { S: 'backfill#backfill-1' } },
    UpdateExpression: 'SET expiresAt = :expiresAt ADD #0 :0',
    ExpressionAttributeNames: { '#0': 'made' },
    ExpressionAttributeValues: { ':0': { N: '1' } },
  });
  const kept = Number(update!['ExpressionAttributeValues'][':expiresAt'].N) - 90 * 24 * 60 * 60;
  expect(kept).toBeGreaterThanOrEqual(Math.floor(began / 1_000));
  expect(kept).toBeLessThanOrEqual(Math.floor(ended / 1_000));
});

test('an object of a bucket without versions has an event without one, and several numbers are added at once', async () => {
  const { inputs } = await invoke(
    'backfill',
    { ...batch, Items: [{ Key: 'a.jpg' }, { Key: 'b.txt' }] },
    {
      ...answers,
      HeadObject: () => ({ ETag: '"e1"', ContentLength: 7 }),
    },
  );
  const { input } = inputs.find(({ stateMachineArn }) => stateMachineArn)!;
  expect(JSON.parse(input).detail.object).not.toHaveProperty('version-id');
  expect(inputs.at(-1)).toMatchObject({
    UpdateExpression: 'SET expiresAt = :expiresAt ADD #0 :0, #1 :1',
    ExpressionAttributeNames: { '#0': 'made', '#1': 'skipped.ignored' },
  });
});

test('only objects with the prefix and an ending of the settings are images', async () => {
  const keys = ['in/a.jpg', 'in/a.png', 'out/a.jpg', 'in/jpg'];
  const Items = keys.map((Key) => ({ Key }));
  const { inputs } = await invoke('backfill', { ...batch, Items }, answers, { UPLOADS_PREFIX: 'in/' });
  expect(inputs.filter(({ stateMachineArn }) => stateMachineArn)).toHaveLength(1);
});

test('a batch that did nothing counts nothing', async () => {
  const { answer, made } = await invoke('backfill', { ...batch, Items: [{ Key: 'a.txt' }] }, answers);
  expect(answer).toEqual({ made: 0, skipped: { ignored: 1 }, failures: [] });
  expect(made).toEqual(['UpdateItem']);
  expect((await invoke('backfill', { ...batch, Items: [] }, answers)).made).toEqual([]);
});

test.each(['ThrottlingException', 'ExecutionLimitExceeded'])(
  'an execution that could not be started for %s is tried again',
  async (name) => {
    const start = (_: unknown, n: number) => {
      if (n === 0) throw Object.assign(new Error('later'), { name });
      return { status: 'SUCCEEDED', output: '{"record":{}}' };
    };
    const wait = jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      const { made } = await invoke('backfill', batch, { ...answers, StartSyncExecution: start });
      expect(made.filter((call) => call === 'StartSyncExecution')).toHaveLength(2);
    } finally {
      wait.mockRestore();
    }
  },
);

test('any other error of an execution leaves the image to a later run', async () => {
  const refuse = () => {
    throw Object.assign(new Error('no such machine'), { name: 'StateMachineDoesNotExist' });
  };
  await expect(invoke('backfill', batch, { ...answers, StartSyncExecution: refuse })).rejects.toMatchObject({
    name: 'Unfinished',
    message:
      '1 of 1 images were not finished, and the run or a later one tries them again. The first is in/a.jpg: StateMachineDoesNotExist: no such machine',
  });
});

test('at the end of a run it answers with the mail, from what the batches have counted', async () => {
  const summarize = { run: 'backfill-1', execution: 'arn', manifest: { Bucket: 'reports', Key: 'm.json' } };
  const Item = marshall({ id: 'backfill#backfill-1', made: 3, 'skipped.done': 2 });
  const { answer, inputs } = await invoke('backfill', { summarize }, { GetItem: () => ({ Item }) });
  expect(answer).toMatchObject({ subject: 'Backfill: 3 made, 0 failed, 2 left alone' });
  expect(inputs).toEqual([
    { TableName: TABLE, Key: { id: { S: 'backfill#backfill-1' } }, ConsistentRead: true },
  ]);
});
