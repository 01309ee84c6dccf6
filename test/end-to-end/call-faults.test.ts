import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '../../cli/lib/session';
import { Follower } from '../../cli/process/follow';
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { SOME, STATES, startWorkflow, WAIT_SCALE } from './calls';
import { uploadWithFaults } from './upload-with-faults';
import type { Workflow } from './workflow';

let workflow: Workflow;
let photo: Buffer;

beforeAll(async () => {
  photo = await picture();
  workflow = await startWorkflow();
});

afterAll(() => workflow?.end());

const upload = (key: string, body: Buffer | string, ...faults: FaultInput[]) =>
  uploadWithFaults(workflow, key, body, ...faults);

test.each(SOME)('$title', ({ run }) => run(workflow));

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
