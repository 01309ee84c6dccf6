import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '../../cli/lib/session';
import { Follower } from '../../cli/process/follow';
import { escapeKey } from '../../contract/escape-key';
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { uploadWithFaults } from './upload-with-faults';
import { Workflow } from './workflow';

const WAIT_SCALE = 0.004;

const STATES = ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'];

let workflow: Workflow;
let photo: Buffer;

beforeAll(async () => {
  photo = await picture();
  workflow = await Workflow.start({
    settings: {
      notifications: { processed: ['done@example.com'], errors: ['failed@example.com'] },
      // One test waits for the end of a call that never answers.
      functions: { storeMetadata: { timeoutSeconds: 4 } },
    },
    // So that the half hour for which a message in the backlog is hidden still lasts longer than an execution.
    waitScale: WAIT_SCALE,
    log: () => {},
  });
});

afterAll(() => workflow?.end());

const upload = (key: string, body: Buffer | string, ...faults: FaultInput[]) =>
  uploadWithFaults(workflow, key, body, ...faults);

/** Every call that a state makes while an image is processed. */
const CALLS = [
  { state: 'Validate', by: 'validate', call: 's3:GetObject' },
  { state: 'Validate', by: 'validate', call: 'dynamodb:UpdateItem' },
  { state: 'Thumbnail', by: 'thumbnail', call: 's3:GetObjectVersion' },
  { state: 'Thumbnail', by: 'thumbnail', call: 's3:PutObject' },
  { state: 'StoreMetadata', by: 'store-metadata', call: 'dynamodb:UpdateItem' },
  { state: 'Notify', by: 'notify', call: 'sns:Publish' },
  { state: 'Notify', by: 'notify', call: 'dynamodb:UpdateItem' },
];
/** The calls that change something. */
const WRITES = CALLS.filter(({ call }) => !call.startsWith('s3:Get'));

describe.each(CALLS)('$call by $state', ({ state, by, call }) => {
  test.each([
    ['error', 'TransientError'],
    ['throttle', 'Throttled'],
  ] as const)('%s twice is retried and has no effect on the result', async (fault, name) => {
    const { paths, record, ...run } = await upload(`${state}/${call}/${fault}.jpg`, photo, {
      call,
      by,
      fault,
      times: 2,
    });
    expect(paths).toEqual([STATES]);
    expect(run.state(state)).toMatchObject({ attempts: 3, outcome: 'succeeded' });
    expect(run.state(state)?.failures.map(({ name }) => name)).toEqual([name, name]);
    expect(record['status']).toBe('DONE');
  });

  test('throttled until its retries are used up: the event waits in the backlog, and nobody is notified of a failure', async () => {
    const { paths, record, processed, errors } = await upload(`${state}/${call}/waits.jpg`, photo, {
      call,
      by,
      fault: 'throttle',
      times: 3,
    });
    expect(paths).toEqual([[...STATES.slice(0, STATES.indexOf(state) + 1), 'SendToBacklog'], STATES]);
    expect(record['status']).toBe('DONE');
    // A message that couldn't be noted in the record is sent again unchanged.
    expect(new Set(processed.map(({ dedupeId }) => dedupeId)).size).toBe(1);
    expect(errors).toEqual([]);
  });

  test("a denial isn't transient: the execution fails at once and names it", async () => {
    const { paths, errors, ...run } = await upload(`${state}/${call}/deny.jpg`, photo, {
      call,
      by,
      fault: 'deny',
      times: 1,
    });
    expect(paths.at(-1)?.slice(-3)).toEqual(['Quarantine', 'NotifyFailure', 'Failed']);
    expect(run.state(state)?.attempts).toBe(1);
    expect(errors).toMatchObject([{ error: { name: expect.stringMatching(/^(AccessDenied|Authoriz)/) } }]);
  });
});

describe.each(WRITES)('$call by $state took effect', ({ state, by, call }) => {
  test.each(['crash', 'error'] as const)(
    'but its answer was lost (%s): the second attempt ends as the first would have',
    async (fault) => {
      const key = `${state}/${call}/after-${fault}.jpg`;
      const { paths, record, processed, errors, ...run } = await upload(key, photo, {
        call,
        by,
        fault,
        when: 'after',
        times: 1,
      });
      expect(paths).toEqual([STATES]);
      expect(run.state(state)).toMatchObject({ attempts: 2, outcome: 'succeeded' });
      expect(record).toMatchObject({
        status: 'DONE',
        thumbnails: [{ key: `${escapeKey(key)}/thumbnail.jpg` }],
      });
      expect(errors).toEqual([]);
      // A subscriber that gets it twice can see that it is the same message.
      expect(new Set(processed.map(({ dedupeId }) => dedupeId)).size).toBe(1);
      expect(processed).toHaveLength(state === 'Notify' ? 2 : 1);
    },
  );
});

test('a call that never answers ends when its function times out', async () => {
  const { paths, ...run } = await upload('hang.jpg', photo, {
    call: 'dynamodb:UpdateItem',
    by: 'store-metadata',
    fault: 'hang',
    times: 1,
  });
  expect(paths).toEqual([STATES]);
  expect(run.state('StoreMetadata')?.failures).toMatchObject([{ name: 'Sandbox.Timedout' }]);
});

describe('the failure path', () => {
  const publish = { call: 'sns:Publish', by: 'state-machine' } as const;
  const send = { call: 'sqs:SendMessage', by: 'state-machine' } as const;

  test('a topic that fails for a while gets the message in the end', async () => {
    const { errors, ...run } = await upload('topic-passing.jpg', 'text', {
      ...publish,
      fault: 'error',
      times: 2,
    });
    expect(run.state('NotifyFailure')).toMatchObject({ attempts: 3, outcome: 'succeeded' });
    expect(errors).toMatchObject([{ error: { name: 'UnsupportedFormat' } }]);
  });

  test('if the topic accepts the message but its answer is lost, it gets the message twice, with one dedupe id', async () => {
    const fault = { ...publish, fault: 'throttle', when: 'after', times: 1 } as const;
    const { errors } = await upload('topic-twice.jpg', 'text', fault);
    expect(errors).toHaveLength(2);
    expect(new Set(errors.map(({ dedupeId }) => dedupeId)).size).toBe(1);
  });

  test.each(['error', 'deny'] as const)(
    'a message that the topic refuses (%s) waits in the failure queue',
    async (fault) => {
      const waiting = await workflow.messages('failures');
      const { paths, errors, record } = await upload(`topic-${fault}.jpg`, 'text', { ...publish, fault });
      expect(paths).toEqual([['Validate', 'Quarantine', 'NotifyFailure', 'QueueFailure', 'Failed']]);
      expect(errors).toEqual([]);
      expect(record['status']).toBe('FAILED');
      expect(await workflow.messages('failures')).toBe(waiting + 1);
    },
  );

  test('if topic and queue both fail, the execution still ends as a failure and the record says so', async () => {
    const faults = [publish, send].map((call) => ({ ...call, fault: 'error' as const }));
    const { paths, record } = await upload('nobody.jpg', 'text', ...faults);
    expect(paths).toEqual([['Validate', 'Quarantine', 'NotifyFailure', 'QueueFailure', 'Failed']]);
    expect(workflow.ended.at(-1)).toMatchObject({ status: 'FAILED', error: 'ThumbnailWorkflowFailed' });
    expect(record['status']).toBe('FAILED');
  });
});

/** Part of a message as the engine stores it. Times are Unix milliseconds. */
interface Message {
  sentAt: number;
  visibleAt: number;
  received: number;
}

/** Changes every message in the backlog queue while no engine runs. */
async function changeBacklog(change: (message: Message) => Partial<Message>): Promise<void> {
  const folder = path.join(workflow.dataDir, 'sqs', `${workflow.stack.name}-backlog`);
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  for (const name of names) {
    const message = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Message;
    await writeFile(path.join(folder, name), JSON.stringify({ ...message, ...change(message) }));
  }
}

describe('the backlog', () => {
  const throttle = { function: 'thumbnail', fault: 'throttle' } as const;

  test('an event that the queue refuses is reported as a failure', async () => {
    const { paths, errors } = await upload(
      'no-queue.jpg',
      photo,
      { ...throttle, times: 4 },
      { call: 'sqs:SendMessage', by: 'state-machine', fault: 'error' },
    );
    expect(paths).toEqual([
      ['Validate', 'Thumbnail', 'SendToBacklog', 'DescribeFailure', 'NotifyFailure', 'Failed'],
    ]);
    expect(errors).toHaveLength(1);
  });

  test('an event that again finds no capacity keeps waiting, and is processed when there is some', async () => {
    const { paths, errors, record } = await upload('waits-on.jpg', photo, { ...throttle, times: 12 });
    expect(paths).toEqual([
      ['Validate', 'Thumbnail', 'SendToBacklog'],
      ['Validate', 'Thumbnail', 'StayInBacklog'],
      ['Validate', 'Thumbnail', 'StayInBacklog'],
      STATES,
    ]);
    expect(record['status']).toBe('DONE');
    expect(errors).toEqual([]);
  });

  test.each(['crash', 'malformed'] as const)(
    'an event whose resume function suffers %s comes back after the visibility timeout',
    async (fault) => {
      const key = `resume-${fault}.jpg`;
      const processed = (await workflow.told('processed')).length;
      const resumed = await workflow.invocations('resume');
      workflow.inject({ ...throttle, times: 4 }, { function: 'resume', fault, times: 1 });
      await workflow.upload(key, photo);
      while ((await workflow.invocations('resume')) === resumed) await sleep(20);

      // It is still in the queue, but hidden. The test doesn't wait until it reappears, which takes half an hour.
      await workflow.restart(() =>
        changeBacklog((message) => {
          expect(message).toMatchObject({ received: 1 });
          expect(message.visibleAt - message.sentAt).toBeGreaterThanOrEqual(30 * 60_000 * WAIT_SCALE);
          return { visibleAt: message.sentAt };
        }),
      );
      await workflow.idle();
      expect(workflow.path).toEqual(STATES);
      expect((await workflow.record(key))['status']).toBe('DONE');
      expect((await workflow.told('processed')).slice(processed)).toHaveLength(1);
    },
  );

  test('a follower gets the execution that ends the wait, and how long it took altogether', async () => {
    const waiting: string[] = [];
    const follower = new Follower(await openSession(workflow.dataDir), (key) => waiting.push(key));
    workflow.inject({ ...throttle, times: 8 });
    const version = await workflow.upload('followed.jpg', photo);
    const ended = await follower.execution(version);
    await follower.stop();
    expect(ended).toMatchObject({ status: 'SUCCEEDED', executionArn: workflow.ended.at(-1)?.executionArn });
    expect(workflow.path).toEqual(STATES);
    expect(waiting).toEqual(['followed.jpg']);
    expect(ended.since).toEqual(new Date(workflow.ended.at(-3)?.startDate as number));
  });

  test('an event that has waited for a day fails with CapacityExhausted', async () => {
    workflow.inject(throttle);
    await workflow.upload('a-day.jpg', photo);
    const since = workflow.ended.length;
    while (workflow.ended.length === since) await sleep(50);
    const day = 24 * 60 * 60 * 1_000;
    await workflow.restart(() =>
      changeBacklog(({ sentAt }) => ({ sentAt: sentAt - 1.05 * day, received: 1 })),
    );
    await workflow.idle();
    expect(workflow.path).toEqual(['Quarantine', 'NotifyFailure', 'Failed']);
    expect(await workflow.record('a-day.jpg')).toMatchObject({
      status: 'FAILED',
      error: { name: 'CapacityExhausted' },
    });
    expect((await workflow.told('errors')).at(-1)).toMatchObject({ error: { name: 'CapacityExhausted' } });
  });
});
