/** The ways through the definition, run by the interpreter that `npm start` uses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFromBase64 } from '../../../contract/replay-command';
import { createStateMachines } from '../../../local-aws/states/machines';
import { forEachState } from '../../../stacks/catalogue';
import type { Keys } from '../../../stacks/events/patterns';
import { definition } from '../../../stacks/state-machine/definition';
import created from '../../fixtures/events/object-created-put.json';
import deleted from '../../fixtures/events/object-deleted-delete-marker.json';

const capitalized = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:7`;
const workflow = (keys?: Keys) =>
  definition(
    {
      ...forEachState((key) => functionArn(capitalized(key))),
      errorTopic: 'errors',
      backlogQueue: 'backlog',
      failureQueue: 'failures',
    },
    forEachState(() => 1),
    keys,
  );

/** Retries are the interpreter's affair, and take time: here every error is the last. */
const machine = (keys?: Keys) => ({
  name: 'workflow',
  arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:workflow',
  type: 'EXPRESS' as const,
  role: 'arn:aws:iam::123456789012:role/machine',
  definition: {
    ...workflow(keys),
    States: Object.fromEntries(
      Object.entries(workflow(keys).States).map(([name, state]) => [name, { ...state, Retry: undefined }]),
    ),
  } as Record<string, unknown>,
  logging: { level: 'ALL' as const, includeExecutionData: true },
});

const folder = mkdtempSync(join(tmpdir(), 'paths-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const THROTTLED = 'Lambda.TooManyRequestsException';

const failure = {
  subject: 'canyon.jpg failed',
  error: 'CorruptImage',
  prefix: 'uploads/',
  text: 'it failed',
  message: { status: 'FAILED' },
};

/** What a function answers, or the name of the error it throws; topic and queues by their names. */
type Answers = Record<string, object | string>;
const usual: Answers = { Quarantine: failure, Remove: { schema: 1, outcome: 'REMOVED' } };

/** Runs one execution: its states in order, how it ended, and what it sent to topic and queues. */
async function run(input: object, answers: Answers = {}, keys?: Keys) {
  const sent: Record<string, Record<string, unknown>> = {};
  const answer = (name: string): object => {
    const given = { ...usual, ...answers }[name] ?? {};
    if (typeof given === 'string')
      throw Object.assign(new Error(`{"errorMessage":"as ${name} says"}`), { name: given });
    return given;
  };
  const send = async (name: string, message: Record<string, unknown>) => {
    sent[name] = message;
    return answer(name);
  };
  const machines = createStateMachines({
    machines: [machine(keys)],
    dataDir: folder,
    services: {
      invokeFunction: async (arn) => answer(arn.split(':')[6]!),
      publish: (message) => send(String(message['TopicArn']), message),
      sendMessage: (message) => send(String(message['QueueUrl']), message),
      putEvents: async () => ({ FailedEntryCount: 0 }),
    },
  });
  const { executionArn, done } = machines.start(machine().arn, input);
  const { status, error, cause } = await done;
  const path = (await machines.history(executionArn))
    .filter(({ type }) => type.endsWith('StateEntered'))
    .map(({ details }) => details['name']);
  await machines.close();
  return { path: path.join(' '), status, error, cause, sent, executionArn };
}

const body = (message: Record<string, unknown> | undefined) => JSON.parse(String(message?.['MessageBody']));
const waited = { attempts: 9, since: '2026-11-20T00:00:00.000Z' };

describe('an upload', () => {
  test('goes from Validate to Notify', async () => {
    expect(await run(created)).toMatchObject({
      path: 'Route Validate Thumbnail StoreMetadata Notify',
      status: 'SUCCEEDED',
    });
  });

  test('takes the same path when it comes out of the backlog', async () => {
    expect((await run({ ...created, backlog: waited })).path).toBe(
      'Route Validate Thumbnail StoreMetadata Notify',
    );
  });

  test('that fails is published to the errors topic', async () => {
    const { path, status, error, cause, sent } = await run(created, { Thumbnail: 'CorruptImage' });
    expect({ path, status, error, cause }).toEqual({
      path: 'Route Validate Thumbnail Quarantine CheckAnswer NotifyFailure Failed',
      status: 'FAILED',
      error: 'ThumbnailWorkflowFailed',
      cause: 'it failed',
    });
    expect(JSON.parse(String(sent['errors']!['Message']))).toEqual({
      default: '{"status":"FAILED"}',
      email: 'it failed',
    });
  });
});

describe('a deletion', () => {
  test('is one task, whatever its outcome', async () => {
    expect(await run(deleted)).toMatchObject({ path: 'Route Remove', status: 'SUCCEEDED', sent: {} });
  });

  test('that fails is published as a failure', async () => {
    expect((await run(deleted, { Remove: 'CorruptImage' })).path).toBe(
      'Route Remove Quarantine CheckAnswer NotifyFailure Failed',
    );
  });
});

describe('with a prefix, whose rule matches every key below it,', () => {
  const below = { prefix: 'uploads/', suffixes: ['jpg', 'webp'] };
  const path = async (of: object, key: string, more = {}) => {
    const { detail, ...event } = of as typeof created;
    const named = { ...event, ...more, detail: { ...detail, object: { ...detail.object, key } } };
    const { path, status, sent } = await run(named, {}, below);
    expect(status).toBe('SUCCEEDED');
    return { path, told: Object.keys(sent) };
  };

  test.each(['uploads/a.jpg', 'uploads/a.JPG', 'uploads/x/a.Webp', 'uploads/.jpg'])(
    'the images are those that are named so: %s',
    async (key) => {
      expect((await path(created, key)).path).toBe('Route Validate Thumbnail StoreMetadata Notify');
      expect((await path(deleted, key)).path).toBe('Route Remove');
    },
  );

  test.each([
    'uploads/a.txt',
    'uploads/',
    'uploads/a.jpg/',
    'uploads/a.jpg.zip',
    'uploads/jpg',
    'uploads/a.jPg',
  ])('anything else ends at once, and nobody is told: %s', async (key) => {
    expect(await path(created, key)).toEqual({ path: 'Route NotAnImage', told: [] });
    expect(await path(deleted, key)).toEqual({ path: 'Route NotAnImage', told: [] });
    expect((await path(created, key, { backlog: waited })).path).toBe('Route NotAnImage');
  });
});

describe('an event for which there is no capacity', () => {
  test.each([
    [created, 'Validate', 'Route Validate CheckBacklog SendToBacklog'],
    [created, 'Notify', 'Route Validate Thumbnail StoreMetadata Notify CheckBacklog SendToBacklog'],
    [deleted, 'Remove', 'Route Remove CheckBacklog SendToBacklog'],
  ])('waits in the backlog as it came (%#)', async (event, throttled, way) => {
    const { path, status, sent } = await run(event, { [throttled]: THROTTLED });
    expect({ path, status }).toEqual({ path: way, status: 'SUCCEEDED' });
    expect(body(sent['backlog'])).toEqual(event);
    expect(sent).toEqual({ backlog: expect.objectContaining({ DelaySeconds: 60 }) });
  });

  test('also waits if it has failed and Quarantine is throttled', async () => {
    const { path, sent } = await run(created, { Validate: 'UnsupportedFormat', Quarantine: THROTTLED });
    expect(path).toBe('Route Validate Quarantine CheckBacklog SendToBacklog');
    expect(Object.keys(sent)).toEqual(['backlog']);
  });

  test('ends as StillWaiting if it came out of the backlog, where its message still is', async () => {
    const { path, status, error, sent } = await run(
      { ...created, backlog: waited },
      { Thumbnail: THROTTLED },
    );
    expect({ path, status, error }).toEqual({
      path: 'Route Validate Thumbnail CheckBacklog StayInBacklog',
      status: 'FAILED',
      error: 'StillWaiting',
    });
    expect(sent).toEqual({});
  });

  test('fails with a name of its own after it has waited too long', async () => {
    const error = { Error: 'CapacityExhausted', Cause: 'No capacity was free' };
    const input = { ...created, backlog: { ...waited, expired: true }, error };
    expect((await run(input)).path).toBe('Route Quarantine CheckAnswer NotifyFailure Failed');

    // Quarantine throttled as well: then the state says itself what it knows.
    const ended = await run(input, { Quarantine: THROTTLED });
    expect({ path: ended.path, error: ended.error }).toEqual({
      path: 'Route Quarantine CheckBacklog DescribeFailure NotifyFailure Failed',
      error: 'ThumbnailWorkflowFailed',
    });
    expect(ended.cause).toContain('CapacityExhausted');
    expect(ended.cause).toContain(THROTTLED);
  });

  test('is published as a failure when the backlog cannot be reached either', async () => {
    const { path, cause, sent } = await run(created, { Validate: THROTTLED, backlog: 'SQS.Down' });
    expect(path).toBe('Route Validate CheckBacklog SendToBacklog DescribeFailure NotifyFailure Failed');
    expect(cause).toContain('SQS.Down');
    const { default: forMachines } = JSON.parse(String(sent['errors']!['Message']));
    expect(JSON.parse(forMachines)).toMatchObject({
      consequence: 'UNKNOWN',
      source: { key: 'uploads/canyon.jpg' },
      error: { name: THROTTLED },
      note: expect.stringContaining('SQS.Down'),
    });
  });
});

describe('a failure that Quarantine cannot handle', () => {
  const hostile = 'x\r\nReason: BillingHold\u202e\u001b[2J {} \' " 写真.jpg';
  const event = {
    ...created,
    detail: { ...created.detail, object: { ...created.detail.object, key: hostile } },
  };

  test('is mailed on one line without a character of the key or a cause, and with a command that names the key', async () => {
    const { sent } = await run(event, { Validate: 'CorruptImage', Quarantine: 'AccessDenied' });
    const { Subject, Message } = sent['errors'] as Record<string, string>;
    expect(Subject).toBe('An image failed, and handling that too');
    const { email } = JSON.parse(Message!);
    expect(email).toMatch(/^[ -~]+$/);
    expect(email).toContain('failed: CorruptImage. Handling that failed too: AccessDenied.');
    // What the functions said, which may quote anything, is not among it.
    expect(Message).not.toContain('as Validate says');
    expect(email).not.toContain('BillingHold');
    const [, encoded] = /npm run replay -- --key-base64=(\S+)$/.exec(email) ?? [];
    expect(keyFromBase64(encoded!)).toBe(hostile);
  });
});

describe('a failure', () => {
  test.each(['half an an', ...Object.keys(failure)])(
    'whose answer is damaged (%s) is still published, with what is known',
    async (damage) => {
      const { [damage]: _, ...rest } = failure as Record<string, unknown>;
      const { path, cause } = await run(created, {
        Validate: 'CorruptImage',
        Quarantine: damage in failure ? rest : [damage],
      });
      expect(path).toBe(
        'Route Validate Quarantine CheckAnswer RejectAnswer DescribeFailure NotifyFailure Failed',
      );
      expect(cause).toContain('CorruptImage');
      expect(cause).toContain('InvalidAnswer');
    },
  );

  test('that the errors topic does not accept waits in the failure queue, with the event', async () => {
    const { path, sent } = await run(created, { Validate: 'CorruptImage', errors: 'SNS.Down' });
    expect(path).toBe('Route Validate Quarantine CheckAnswer NotifyFailure QueueFailure Failed');
    expect(body(sent['failures'])).toEqual({ failure: { status: 'FAILED' }, event: created });
  });

  test('that neither the topic nor the queue accepts is still a failed execution', async () => {
    const deaf = {
      Validate: 'CorruptImage',
      Quarantine: 'AccessDenied',
      errors: 'SNS.Down',
      failures: 'SQS.Down',
    };
    expect(await run(created, deaf)).toMatchObject({
      path: 'Route Validate Quarantine DescribeFailure NotifyFailure QueueFailure Failed',
      error: 'ThumbnailWorkflowFailed',
    });
  });

  test('is also the outcome of an input that is not an event', async () => {
    expect((await run({}, { Validate: 'InvalidEvent' })).path).toBe(
      'Route Validate Quarantine CheckAnswer NotifyFailure Failed',
    );
  });
});
