import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { AwsError, type Call, type Principal } from '../../../local-aws/service';
import { createSqs, type Sqs } from '../../../local-aws/sqs';
import type { QueueAttributes } from '../../../local-aws/stack/model';

const principal: Principal = {
  arn: 'arn:aws:iam::123456789012:user/local',
  accessKeyId: 'a',
  secretAccessKey: 'b',
};

const queueOf = (name: string, attributes: QueueAttributes = {}) => ({
  name,
  arn: `arn:aws:sqs:eu-west-1:123456789012:${name}`,
  url: `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}`,
  attributes,
});
const dead = queueOf('dead');
const work = (attributes?: QueueAttributes) => queueOf('work', attributes);
const QueueUrl = work().url;

let folder: string;
let calls: Call[];
let refusal: AwsError | undefined;
let sqs: Sqs | undefined;
let server: Server | undefined;
let endpoint: string;

async function start(queues = [work(), dead], waitScale?: number): Promise<Sqs> {
  const started = createSqs({
    dataDir: folder,
    queues,
    waitScale,
    gate: async (call) => {
      calls.push(call);
      if (refusal) throw refusal;
    },
  });
  sqs = started;
  server = createServer(async (request, response) => {
    await started.handle(request, response, principal, await buffer(request));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return started;
}

async function stop(): Promise<void> {
  sqs?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
}

interface Received {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, unknown>;
  MD5OfMessageAttributes?: string;
}

interface Answer {
  [field: string]: unknown;
  Messages?: Received[];
  Attributes?: Record<string, string>;
}

/** One call in the AWS JSON protocol, as an SDK makes it. */
async function call(operation: string, input: object = {}): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AmazonSQS.${operation}` },
    body: JSON.stringify(input),
  });
  const answer = (await response.json()) as Answer;
  if (response.ok) return answer;
  throw Object.assign(new Error(String(answer['message'])), { name: String(answer['__type']).split('#')[1] });
}

const receive = async (input: object = {}) =>
  (await call('ReceiveMessage', { QueueUrl, ...input })).Messages ?? [];
const send = (MessageBody: string, input: object = {}) =>
  call('SendMessage', { QueueUrl, MessageBody, ...input });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sqs-'));
  calls = [];
  refusal = undefined;
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a message', () => {
  test('comes out unchanged, with the digests that clients check', async () => {
    await start();
    const MessageBody = '{"key":"cañón ☃.jpg"}';
    const MessageAttributes = {
      timestamp: { DataType: 'Number.java.lang.Long', StringValue: '1493147359900' },
    };
    const sent = await send(MessageBody, { MessageAttributes });
    const MD5 = createHash('md5').update(MessageBody).digest('hex');
    // The digest for this one attribute, as computed by another implementation.
    const MD5OfMessageAttributes = '2e2e4876d8e0bd6b8c2c8f556831c349';
    expect(sent).toEqual({ MessageId: expect.any(String), MD5OfMessageBody: MD5, MD5OfMessageAttributes });
    const [message] = await receive({
      MessageAttributeNames: ['All'],
      AttributeNames: ['ApproximateReceiveCount'],
    });
    expect(message).toEqual({
      MessageId: sent['MessageId'],
      ReceiptHandle: expect.any(String),
      Body: MessageBody,
      MD5OfBody: MD5,
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes,
      MD5OfMessageAttributes,
    });
  });

  test('is in flight once received, and gone once deleted', async () => {
    await start();
    await send('a');
    const [message] = await receive();
    expect(await receive()).toEqual([]);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: message?.ReceiptHandle });
    expect(readdirSync(path.join(folder, 'sqs', 'work'))).toEqual([]);
  });

  test('comes back after its visibility timeout, and the old receipt handle deletes nothing', async () => {
    await start();
    await send('a');
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive({ MessageSystemAttributeNames: ['All'] });
    expect(second).toMatchObject({
      MessageId: first?.MessageId,
      Attributes: { ApproximateReceiveCount: '2' },
    });
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    await call('ChangeMessageVisibility', {
      QueueUrl,
      ReceiptHandle: second?.ReceiptHandle,
      VisibilityTimeout: 0,
    });
    expect(await receive()).toMatchObject([{ MessageId: first?.MessageId }]);
  });

  test('survives a restart, in flight or not', async () => {
    await start();
    await send('first');
    await send('second');
    await receive({ VisibilityTimeout: 1000 });
    await stop();
    await start();
    expect((await receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body)).toEqual(['second']);
    expect(
      (await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] })).Attributes,
    ).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '2',
    });
  });

  test('moves to the dead-letter queue when it was received too often', async () => {
    await start([
      work({ VisibilityTimeout: 0, RedrivePolicy: { deadLetterTargetArn: dead.arn, maxReceiveCount: 2 } }),
      dead,
    ]);
    const sent = await send('poison');
    expect(await receive()).toHaveLength(1);
    expect(await receive()).toHaveLength(1);
    expect(await receive()).toEqual([]);
    expect(readdirSync(path.join(folder, 'sqs', 'work'))).toEqual([]);
    expect((await call('ReceiveMessage', { QueueUrl: dead.url })).Messages).toMatchObject([
      { MessageId: sent['MessageId'], Body: 'poison' },
    ]);
  });

  test('is dropped after its retention period', async () => {
    await start([work({ MessageRetentionPeriod: 0 })]);
    await send('late');
    expect(await receive()).toEqual([]);
    expect(readdirSync(path.join(folder, 'sqs', 'work'))).toEqual([]);
  });

  test('is received only once, however many receivers ask at once', async () => {
    await start();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (count, receivers) => {
          await call('PurgeQueue', { QueueUrl });
          await Promise.all(Array.from({ length: count }, (_, i) => send(String(i))));
          const taken = await Promise.all(
            Array.from({ length: receivers }, () => receive({ MaxNumberOfMessages: 10 })),
          );
          const ids = taken.flat().map(({ MessageId }) => MessageId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.length).toBe(Math.min(count, receivers * 10));
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('waiting', () => {
  test('ends when a message arrives', async () => {
    const started = await start();
    const waiting = receive({ WaitTimeSeconds: 20 });
    await delay(50);
    await started.send(work().arn, 'now', {}, principal);
    expect(await waiting).toMatchObject([{ Body: 'now' }]);
  });

  test('ends when a delayed message becomes visible', async () => {
    await start();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    await send('later', { DelaySeconds: 1 });
    expect(await receive()).toEqual([]);
    expect(
      (await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))
        .Attributes,
    ).toEqual({
      ApproximateNumberOfMessagesDelayed: '1',
    });
    clock.mockRestore();
    expect(await receive({ WaitTimeSeconds: 20 })).toMatchObject([{ Body: 'later' }]);
  });

  test('ends without a message when the queue closes', async () => {
    const started = await start();
    const waiting = receive({ WaitTimeSeconds: 20 });
    await delay(50);
    started.close();
    expect(await waiting).toEqual([]);
  });
});

describe('queues', () => {
  test('are found by name and listed by prefix', async () => {
    await start();
    expect(await call('GetQueueUrl', { QueueName: 'work' })).toEqual({ QueueUrl });
    expect(await call('ListQueues')).toEqual({ QueueUrls: [QueueUrl, dead.url] });
    expect(await call('ListQueues', { QueueNamePrefix: 'de' })).toEqual({ QueueUrls: [dead.url] });
  });

  test('describe themselves', async () => {
    const RedrivePolicy = { deadLetterTargetArn: dead.arn, maxReceiveCount: 3 };
    await start([work({ VisibilityTimeout: 45, RedrivePolicy }), dead]);
    const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toEqual({
      QueueArn: work().arn,
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      MaximumMessageSize: '1048576',
      VisibilityTimeout: '45',
      DelaySeconds: '0',
      MessageRetentionPeriod: '345600',
      RedrivePolicy: JSON.stringify(RedrivePolicy),
    });
  });

  test('a dead-letter queue that is not in the stack stops the start', () => {
    const RedrivePolicy = { deadLetterTargetArn: `${dead.arn}-absent`, maxReceiveCount: 3 };
    const options = { dataDir: folder, gate: async () => {} };
    expect(() => createSqs({ ...options, queues: [work({ RedrivePolicy })] })).toThrow(
      /dead-letter queue of 'work'/,
    );
  });
});

describe('what SQS refuses', () => {
  test.each<[string, string, object, string, RegExp]>([
    [
      'another queue',
      'SendMessage',
      { QueueUrl: `${QueueUrl}x`, MessageBody: 'a' },
      'QueueDoesNotExist',
      /does not exist/,
    ],
    ['an empty body', 'SendMessage', { QueueUrl }, 'MissingParameter', /MessageBody/],
    [
      'more than 1 MiB',
      'SendMessage',
      { QueueUrl, MessageBody: 'x'.repeat(1_048_577) },
      'InvalidParameterValue',
      /1048576/,
    ],
    [
      'control characters',
      'SendMessage',
      { QueueUrl, MessageBody: '\u0000' },
      'InvalidMessageContents',
      /Invalid characters/,
    ],
    [
      'a long delay',
      'SendMessage',
      { QueueUrl, MessageBody: 'a', DelaySeconds: 901 },
      'InvalidParameterValue',
      /DelaySeconds.*<= 900/,
    ],
    [
      '11 at once',
      'ReceiveMessage',
      { QueueUrl, MaxNumberOfMessages: 11 },
      'InvalidParameterValue',
      /MaxNumberOfMessages/,
    ],
    [
      'a long wait',
      'ReceiveMessage',
      { QueueUrl, WaitTimeSeconds: 21 },
      'InvalidParameterValue',
      /WaitTimeSeconds/,
    ],
    [
      'no receipt',
      'DeleteMessage',
      { QueueUrl, ReceiptHandle: 'x' },
      'ReceiptHandleIsInvalid',
      /not a valid receipt handle/,
    ],
    [
      'an attribute without value',
      'SendMessage',
      { QueueUrl, MessageBody: 'a', MessageAttributes: { n: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValue',
      /'n' must contain a non-empty value/,
    ],
    [
      'an unknown operation',
      'CreateQueue',
      { QueueName: 'x' },
      'UnsupportedOperation',
      /but received CreateQueue$/,
    ],
  ])('%s', async (_what, operation, input, name, message) => {
    await start();
    await expect(call(operation, input)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });
});

describe('the gate', () => {
  test('is asked for the action on the queue', async () => {
    const started = await start();
    await started.send(work().arn, 'a', {}, principal);
    await receive();
    await call('ListQueues');
    expect(calls).toEqual([
      { principal, action: 'sqs:SendMessage', resource: work().arn },
      { principal, action: 'sqs:ReceiveMessage', resource: work().arn },
      { principal, action: 'sqs:ListQueues', resource: '*' },
    ]);
  });

  test('a denied send stores nothing', async () => {
    const started = await start();
    refusal = new AwsError('AccessDenied', 'not authorized', 403);
    await expect(send('a')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not authorized',
    });
    await expect(started.send(QueueUrl, 'a', {}, principal)).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    expect(readdirSync(path.join(folder, 'sqs', 'work'))).toEqual([]);
  });
});

describe('for the engine', () => {
  test('waitScale shortens the waits, and the API still returns the original ones', async () => {
    await start([work({ DelaySeconds: 900, VisibilityTimeout: 3_600 })], 0.0001);
    await send('a');
    const [first] = await receive({ WaitTimeSeconds: 20 });
    await call('ChangeMessageVisibility', {
      QueueUrl,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 43_200,
    });
    const [second] = await receive({ WaitTimeSeconds: 20 });
    expect(second?.MessageId).toBe(first?.MessageId);
    const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ DelaySeconds: '900', VisibilityTimeout: '3600' });
  });

  test('a message that is returned does not count as received', async () => {
    const { giveBack } = await start();
    await send('a');
    const [first] = await receive();
    await giveBack(QueueUrl, first?.ReceiptHandle as string);
    expect(await receive({ AttributeNames: ['All'] })).toMatchObject([
      { MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '1' } },
    ]);
  });

  test('a queue is drained when its last message is deleted', async () => {
    const { size, drained } = await start();
    await drained(QueueUrl);
    await send('a');
    await send('b');
    let isDrained = false;
    const empty = drained(QueueUrl).then(() => {
      isDrained = true;
    });
    const [first, second] = await receive({ MaxNumberOfMessages: 2 });
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first?.ReceiptHandle });
    expect([size(QueueUrl), isDrained]).toEqual([1, false]);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: second?.ReceiptHandle });
    await empty;
    expect(size(QueueUrl)).toBe(0);
  });

  test('a wait for messages can be ended', async () => {
    const engine = await start();
    const stop = new AbortController();
    const waiting = engine.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }, principal, stop.signal);
    stop.abort();
    expect(await waiting).toEqual({});
  });
});
