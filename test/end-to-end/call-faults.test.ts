import { openSession } from '../../cli/lib/session';
import { Follower } from '../../cli/process/follow';
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { SOME, STATES, startWorkflow } from './calls';
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
});
