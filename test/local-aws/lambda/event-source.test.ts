import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EventSource, startEventSource } from '../../../local-aws/lambda/event-source';
import { type SqsRecord, undone } from '../../../local-aws/lambda/sqs-event';
import { AwsError, type Call } from '../../../local-aws/service';
import { createSqs, type Sqs } from '../../../local-aws/sqs';
import type { EventSourceMapping, QueueAttributes } from '../../../local-aws/stack/model';

const arn = 'arn:aws:sqs:eu-west-1:123456789012:work';
const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:worker:1';
const principal = {
  arn: 'arn:aws:iam::123456789012:role/worker',
  accessKeyId: 'a',
  secretAccessKey: 'b',
};

let folder: string;
let calls: Call[];
let sqs: Sqs | undefined;
let source: EventSource | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'event-source-'));
  calls = [];
});

afterEach(async () => {
  await source?.close();
  sqs?.close();
  source = undefined;
  sqs = undefined;
  rmSync(folder, { recursive: true, force: true });
});

type Invoke = (event: { Records: SqsRecord[] }) => Promise<unknown>;

/** Polls a queue on disk, and passes its messages to a function of the test. */
async function start(
  invoke: Invoke,
  {
    refuse,
    attributes = {},
    waitScale = 1,
    ...mapping
  }: Partial<EventSourceMapping> & { refuse?: string; attributes?: QueueAttributes; waitScale?: number } = {},
): Promise<EventSource> {
  const queues = createSqs({
    dataDir: folder,
    waitScale,
    queues: [{ name: 'work', arn, url: 'http://127.0.0.1/123456789012/work', attributes }],
    gate: async (call) => {
      calls.push(call);
      if (call.action === refuse) throw new AwsError('AccessDenied', `${refuse} is not allowed`, 403);
    },
  });
  sqs = queues;
  source = await startEventSource({
    mapping: { queue: arn, functionArn, batchSize: 1, reportBatchItemFailures: true, ...mapping },
    sqs: queues,
    principal,
    region: 'eu-west-1',
    invoke: async (_, event) => (await invoke(event as { Records: SqsRecord[] })) ?? null,
    log: () => {},
  });
  return source;
}

const send = (body: string, attributes = {}) => sqs!.send(arn, body, attributes, principal);

test('a function receives messages as from Lambda, and those that it does not report as failed are deleted', async () => {
  const events: unknown[] = [];
  const { idle, pending } = await start(async (event) => {
    events.push(event);
    return { batchItemFailures: [] };
  });
  const { MessageId, MD5OfMessageBody } = await send('{"a":1}', {
    kind: { DataType: 'String', StringValue: 'upload' },
  });
  await idle();

  expect(pending()).toBe(0);
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: MessageId,
          receiptHandle: expect.any(String),
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: principal.arn,
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: { stringValue: 'upload', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: MD5OfMessageBody,
          eventSource: 'aws:sqs',
          eventSourceARN: arn,
          awsRegion: 'eu-west-1',
        },
      ],
    },
  ]);
});

test('a batch has at most as many messages as the mapping says, and only those reported as failed come back', async () => {
  const seen: string[][] = [];
  const { idle } = await start(
    async ({ Records }) => {
      seen.push(Records.map(({ body, attributes }) => `${body}${attributes['ApproximateReceiveCount']}`));
      const again = Records.filter(
        ({ body, attributes }) => body === 'b' && attributes['ApproximateReceiveCount'] === '1',
      );
      return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
    {
      batchSize: 3,
      maximumConcurrency: 2,
      attributes: { DelaySeconds: 1, VisibilityTimeout: 2 },
      waitScale: 0.1,
    },
  );
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((body) => send(body)));
  await idle();
  expect(seen.every((batch) => batch.length <= 3)).toBe(true);
  expect(seen.flat().sort()).toEqual(['a1', 'b1', 'b2', 'c1', 'd1', 'e1', 'f1', 'g1']);
});

test('a message whose function fails comes back after its visibility timeout, with a higher receive count', async () => {
  const counts: string[] = [];
  const { idle } = await start(
    async ({ Records: [record] }) => {
      counts.push(record!.attributes['ApproximateReceiveCount']!);
      if (counts.length < 3) throw new Error('no');
    },
    { attributes: { VisibilityTimeout: 2 }, waitScale: 0.1 },
  );
  await send('a');
  await idle();
  expect(counts).toEqual(['1', '2', '3']);
});

test('as many invocations run at once as the mapping says, and no more', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const { idle } = await start(
    async () => {
      const others = new Promise<void>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length);
      // Each waits for two others, so with fewer at once the test would never end.
      if (waiting.length === 3) for (const go of waiting.splice(0)) go();
      await others;
    },
    { maximumConcurrency: 3 },
  );
  await Promise.all(Array.from({ length: 21 }, (_, index) => send(String(index))));
  await idle();
  expect(most).toBe(3);
});

test("it polls with the function's role, and needs only the permissions that Lambda needs", async () => {
  const { idle } = await start(async () => null);
  await send('a');
  await idle();
  expect(new Set(calls.map(({ action, principal: { arn } }) => `${action} ${arn}`))).toEqual(
    new Set(
      ['GetQueueAttributes', 'ReceiveMessage', 'SendMessage', 'DeleteMessage'].map(
        (action) => `sqs:${action} ${principal.arn}`,
      ),
    ),
  );
});

test('a role that may not read the queue cannot have the mapping', async () => {
  await expect(start(async () => null, { refuse: 'sqs:GetQueueAttributes' })).rejects.toThrow(
    `${functionArn} cannot be invoked by ${arn}: sqs:GetQueueAttributes is not allowed`,
  );
});

test('a message whose processing is interrupted by stopping the engine is available at once after the next start', async () => {
  let started: () => void = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  let fail: (reason: Error) => void = () => {};
  const first = await start(
    () =>
      new Promise((_, reject) => {
        started();
        fail = reject;
      }),
    { attributes: { VisibilityTimeout: 1_800 } },
  );
  await send('a');
  await running;
  const closed = first.close();
  fail(new Error('Runtime exited'));
  await closed;
  sqs!.close();

  const counts: unknown[] = [];
  const second = await start(async ({ Records: [record] }) => {
    counts.push(record!.attributes['ApproximateReceiveCount']);
  });
  await second.idle();
  expect(counts).toEqual(['1']);
});

// docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, "Success and failure conditions"
test.each([
  ['no answer', null, []],
  ['an empty answer', {}, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['no list', { batchItemFailures: null }, []],
  ['one message', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
  ['no id', { batchItemFailures: [{ itemIdentifier: null }] }, ['a', 'b']],
  ['a wrong key', { batchItemFailures: [{ id: 'a' }] }, ['a', 'b']],
  ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'c' }] }, ['a', 'b']],
  ['null instead of a message', { batchItemFailures: [null] }, ['a', 'b']],
  ['no list but text', { batchItemFailures: 'b' }, ['a', 'b']],
  ['text', '{"batchItemFa', ['a', 'b']],
])('of an answer that reports %s, Lambda keeps %j: %j', (_, answer, kept) => {
  const records = ['a', 'b'].map((messageId) => ({ messageId }) as SqsRecord);
  expect([...undone(answer, records)]).toEqual(kept);
});
