import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { drain } from '../../cli/redrive/drain';
import { eventIn } from '../../cli/redrive/event-in';
import { Queue } from '../../cli/redrive/queue';
import type { ObjectEvent } from '../../contract/event';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { created } from '../functions/support';
import { call } from './call';
import { Deployed, refusal } from './fake-aws';

jest.setTimeout(120_000);

let workflow: Workflow;
let photo: Buffer;
let sqs: SQSClient;

beforeAll(async () => {
  photo = await picture();
  workflow = await Workflow.start({
    settings: { notifications: { processed: ['done@example.com'], errors: ['failed@example.com'] } },
    waitScale: 0.01,
    log: () => {},
  });
  sqs = new SQSClient(workflow.client());
});

afterAll(() => workflow?.end());

let deployed: Deployed | undefined;
afterEach(async () => {
  await deployed?.end();
  deployed = undefined;
});

const redrive = (...args: string[]) =>
  call('redrive', '--local', '--data', workflow.dataDir, '--rate', '100', ...args);

const urlOf = (output: 'dead_letter_queue_url' | 'failure_queue_url') =>
  workflow.stack.outputs[output] as string;

const send = (output: Parameters<typeof urlOf>[0], body: unknown) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: urlOf(output),
      MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );

test('events that EventBridge could not start and failures that could not be published go back into the workflow', async () => {
  workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
  await workflow.upload('late.jpg', photo);
  await workflow.upload('later\n.jpg', photo);
  await workflow.idle();
  workflow.inject({ call: 'sns:Publish', fault: 'deny' });
  await workflow.upload('text.jpg', 'no image');
  await workflow.idle();
  workflow.inject();
  await send('dead_letter_queue_url', 'not an event');
  expect([await workflow.messages('dead-letters'), await workflow.messages('failures')]).toEqual([3, 1]);

  const counted = await redrive('--dry-run');
  expect(counted.code).toBe(0);
  expect(counted.stdout).toContain('dead-letters: 3 messages\nfailures: 1 message\n');
  expect(counted.stdout).toMatch(/Object Created late\.jpg {2}\(NO_PERMISSIONS: .*StartExecution/);
  expect(counted.stdout).toContain('Object Created later\\u000a.jpg');
  expect(counted.stdout).toContain('Object Created text.jpg  (UnsupportedFormat)');
  expect(counted.stdout).toContain('its body is not JSON, and would stay');
  expect([await workflow.messages('dead-letters'), await workflow.messages('failures')]).toEqual([3, 1]);

  // A dry run hides no message: the same ones can be redriven at once.
  const { code, stdout } = await redrive();
  await workflow.idle();
  expect(stdout).toContain('3 executions started.');
  expect(stdout).toMatch(/left {5}[0-9a-f-]{36}: its body is not JSON/);
  expect(code).toBe(1);
  expect([await workflow.messages('dead-letters'), await workflow.messages('failures')]).toEqual([1, 0]);
  expect(await workflow.record('late.jpg')).toMatchObject({ status: 'DONE' });
  expect(await workflow.record('later\n.jpg')).toMatchObject({ status: 'DONE' });
  expect((await workflow.told('errors')).map(({ source }) => source.key)).toEqual(['text.jpg']);

  // What was left can be received again.
  const again = await redrive('--queue', 'dead-letters');
  expect(again.stdout).toContain('0 executions started.');
  expect(again.code).toBe(1);
});

test('an error in the middle ends it with what was done, and what was not started is back in the queue', async () => {
  for (let n = 0; n < 20; n++) await send('failure_queue_url', created({ key: `${n}.jpg` }));
  let starts = 0;
  deployed = await Deployed.to(
    (received) => {
      if (received.name === 'SFN StartExecution') {
        return ++starts > 7 ? refusal(received, 400, 'ThrottlingException', 'Rate exceeded') : { body: {} };
      }
      return undefined;
    },
    { failure_queue_url: urlOf('failure_queue_url') },
  );
  const { code, stdout, stderr } = await call('redrive', '--queue', 'failures', '--rate', '1000');
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('7 executions started.');
  expect(stdout).toContain('Stopped by an error: run it again for the rest.');
  expect(stdout).toContain('Step Functions StartExecution on the state machine');
  expect(stdout).toContain('ThrottlingException: Rate exceeded');
  expect(await workflow.messages('failures')).toBe(13);
  // They can be received at once.
  const queue = new Queue(sqs, urlOf('failure_queue_url'), 0);
  const back: string[] = [];
  for (let held = await queue.take(6_000); held.length > 0; held = await queue.take(6_000)) {
    for (const message of held) await queue.remove(message);
    back.push(...held.map(({ id }) => id));
  }
  expect(back).toHaveLength(13);
});

test.each([
  ['an unknown queue', ['--queue', 'backlog'], 'Expected dead-letters, failures or both'],
  ['a rate of zero', ['--rate', '0'], 'Expected a positive number for --rate'],
])('%s is a usage error', async (_, args, words) => {
  const { code, stderr } = await call('redrive', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

describe('draining a queue', () => {
  const queue = (waitSeconds = 0) => new Queue(sqs, urlOf('failure_queue_url'), waitSeconds);
  // The engine lets a hundredth of the time pass for which a message is to be hidden.
  const quiet = {
    rate: 1_000,
    concurrency: 4,
    spareSeconds: 6_000,
    onStarted: () => {},
    onLeft: () => {},
  };
  const upload = (n: number) => created({ key: `${n}.jpg` });

  /** Takes everything the queue hands out, and leaves nothing for the next test. */
  async function takeAll(): Promise<number> {
    const held = await queue().take(6_000);
    for (const message of held) await queue().remove(message);
    return held.length;
  }

  test('after a refused start, its message and all that were not started can be received at once', async () => {
    for (let n = 0; n < 8; n++) await send('failure_queue_url', upload(n));
    let starts = 0;
    const counts = { started: 0, left: 0, later: 0 };
    const start = async () => {
      if (++starts > 3) throw new Error('ExpiredToken');
    };
    const refused = drain(queue(), { ...quiet, concurrency: 1, start }, counts);
    await expect(refused).rejects.toThrow('ExpiredToken');
    expect(counts).toEqual({ started: 3, left: 0, later: 0 });
    expect(await takeAll()).toBe(5);
  });

  test('an interruption ends it between two messages, and another run starts the rest', async () => {
    for (let n = 0; n < 8; n++) await send('failure_queue_url', upload(n));
    const stop = new AbortController();
    const started: string[] = [];
    const start = async (event: ObjectEvent) => {
      started.push(event.detail.object.key);
      if (started.length === 3) stop.abort();
    };
    await drain(queue(), { ...quiet, concurrency: 1, signal: stop.signal, start });
    expect(started).toHaveLength(3);
    expect(await drain(queue(), { ...quiet, start })).toMatchObject({ started: 5 });
    expect([...started].sort()).toEqual(Array.from({ length: 8 }, (_, n) => `${n}.jpg`));
  });

  test('an image that fails again while it runs is not redriven in a loop', async () => {
    await send('failure_queue_url', upload(0));
    const counts = await drain(queue(1), {
      ...quiet,
      start: async (event) => {
        await send('failure_queue_url', event);
      },
    });
    expect(counts).toEqual({ started: 1, left: 0, later: 1 });
    expect(await takeAll()).toBe(1);
  });
});

describe('the event in a message', () => {
  test('is the body itself, or comes with the failure that could not be published', () => {
    const event = created();
    expect(eventIn(JSON.stringify(event))).toEqual({ event });
    const failure = { error: { name: 'CorruptImage', message: '…' } };
    expect(eventIn(JSON.stringify({ failure, event }))).toEqual({ event, reason: 'CorruptImage' });
  });

  test('loses the note that it has waited in the backlog, since it is no longer there', () => {
    const event = created();
    const error = { Error: 'CapacityExhausted', Cause: 'No capacity was free' };
    const backlog = { attempts: 60, since: '2026-11-20T00:00:00.000Z', expired: true };
    expect(eventIn(JSON.stringify({ failure: {}, event: { ...event, backlog, error } }))).toEqual({ event });
  });

  test('of a deletion needs no etag', () => {
    const event = { ...created({ etag: undefined }), 'detail-type': 'Object Deleted' };
    expect(eventIn(JSON.stringify(event))).toEqual({ event: JSON.parse(JSON.stringify(event)) });
  });

  test.each([
    ['a body that is not JSON', '{', 'its body is not JSON'],
    ['a body that is not an object', '7', 'it holds no S3 object event'],
    ['null', 'null', 'it holds no S3 object event'],
    [
      'an event about something else',
      '{"source":"aws.ec2","detail-type":"x"}',
      'it holds no S3 object event',
    ],
    [
      'an event without its detail',
      JSON.stringify({ ...created(), detail: null }),
      'its event has no bucket, key',
    ],
    ['an event without a key', JSON.stringify(created({ key: '' })), 'its event has no key'],
    ['an upload without an etag', JSON.stringify(created({ etag: undefined })), 'its event has no etag'],
  ])('is missing, and the reason says what is missing: %s', (_, body, problem) => {
    expect(eventIn(body)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
