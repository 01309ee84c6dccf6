import { checkStateMachine } from '../../../local-aws/states/check';
import type { HistoryEvent } from '../../../local-aws/states/history';
import { machineOf } from '../../local-aws/states/scripted';
import {
  resumed,
  runToEnd,
  scripted,
  servicesOf,
  THROTTLED,
  TOPIC,
  upload,
  workflow,
} from './scripted-workflow';

const types = (history: HistoryEvent[]) => history.map(({ type }) => type);

test('the engine refuses no part of the definition', () => {
  expect(() => checkStateMachine(machineOf(workflow))).not.toThrow();
});

describe('the workflow', () => {
  test('adds one key per state, and leaves the event as it came', async () => {
    const script = scripted();
    const { execution, output } = await runToEnd(workflow, servicesOf(script));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', lastState: 'Notify' });
    expect(output).toEqual({
      ...upload,
      image: { format: 'jpeg' },
      thumbnails: { items: [] },
      record: { status: 'DONE' },
      notification: { messageId: '1' },
    });
    expect(script.calls[0]).toEqual({
      state: 'Validate',
      payload: { execution: execution.executionArn, state: upload },
      principalArn: 'arn:aws:iam::123456789012:role/machine',
    });
  });

  test('writes the history of AWS: each state, each attempt, each error', async () => {
    const flaky = [{ error: 'TransientError' }, { error: 'TransientError' }, { result: { items: [] } }];
    const { history, execution } = await runToEnd(workflow, servicesOf(scripted({ Thumbnail: flaky })));
    const attempt = (outcome: string) => [
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      `LambdaFunction${outcome}`,
    ];
    const succeeded = ['TaskStateEntered', ...attempt('Succeeded'), 'TaskStateExited'];
    expect(types(history)).toEqual([
      'ExecutionStarted',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      ...succeeded,
      'TaskStateEntered',
      ...attempt('Failed'),
      ...attempt('Failed'),
      ...attempt('Succeeded'),
      'TaskStateExited',
      ...succeeded,
      ...succeeded,
      'ExecutionSucceeded',
    ]);
    expect(history[0]).toEqual({
      id: '1',
      type: 'ExecutionStarted',
      details: {
        input: JSON.stringify(upload),
        inputDetails: { truncated: false },
        roleArn: 'arn:aws:iam::123456789012:role/machine',
      },
      previous_event_id: '0',
      event_timestamp: String(execution.startDate),
      execution_arn: execution.executionArn,
      redrive_count: '0',
    });
    expect(
      history.filter(({ type }) => type === 'LambdaFunctionFailed').map(({ details }) => details),
    ).toEqual([
      { error: 'TransientError', cause: expect.stringContaining('as scripted') },
      { error: 'TransientError', cause: expect.stringContaining('as scripted') },
    ]);
    expect(history.map(({ id, previous_event_id }) => Number(id) - Number(previous_event_id))).toEqual(
      history.map(() => 1),
    );
  });

  test('sends a permanent error to Quarantine at once, tells the error topic, and fails', async () => {
    const script = scripted({ Validate: [{ error: 'CorruptImage' }] });
    const { execution, history } = await runToEnd(workflow, servicesOf(script));
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'ThumbnailWorkflowFailed',
      cause: 'uploads/a.jpg is "broken"',
      lastState: 'Failed',
    });
    expect(script.calls.map(({ state }) => state)).toEqual(['Validate', 'Quarantine', 'sns']);
    expect(script.calls[1]!.payload).toMatchObject({ state: { error: { Error: 'CorruptImage' } } });
    const published = script.calls[2]!.payload as { TopicArn: string; Message: string };
    expect(published.TopicArn).toBe(TOPIC);
    const { default: forMachines, email } = JSON.parse(published.Message) as Record<string, string>;
    expect(email).toBe('uploads/a.jpg is "broken"');
    expect(JSON.parse(forMachines!)).toEqual({ schema: 1, status: 'FAILED', note: 'it said "no"\\\n' });
    expect(history.find(({ type }) => type === 'TaskScheduled')?.details).toMatchObject({
      resourceType: 'sns',
      resource: 'publish',
      region: 'us-east-1',
      timeoutInSeconds: workflow.States.NotifyFailure.TimeoutSeconds,
    });
  });

  test('succeeds if the event was superseded', async () => {
    const { execution, history } = await runToEnd(
      workflow,
      servicesOf(scripted({ StoreMetadata: [{ error: 'Superseded' }] })),
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED', lastState: 'Superseded' });
    expect(types(history).slice(-3)).toEqual([
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('reports what is known if Quarantine fails too', async () => {
    const script = scripted({ Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] });
    const { execution } = await runToEnd(workflow, servicesOf(script));
    expect(script.calls.map(({ state }) => state)).toEqual(['Validate', 'Thumbnail', 'Quarantine', 'sns']);
    const { Message } = script.calls.at(-1)!.payload as { Message: string };
    const forMachines = JSON.parse(JSON.parse(Message).default);
    expect(forMachines.source.key).toBe(upload.detail.object.key);
    expect(forMachines.execution).toBe(execution.executionArn);
    expect(execution.cause).toContain(
      `--key-base64=${Buffer.from(upload.detail.object.key).toString('base64')}`,
    );
  });

  test('queues a failure, with its event, if SNS does not accept it', async () => {
    const script = scripted({ Validate: [{ error: 'EmptyObject' }], sns: [{ error: 'InternalError' }] });
    const { execution } = await runToEnd(workflow, servicesOf(script));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'ThumbnailWorkflowFailed' });
    const { QueueUrl, MessageBody } = script.calls.at(-1)!.payload as Record<string, string>;
    expect(QueueUrl).toMatch(/failures$/);
    expect(JSON.parse(MessageBody!)).toEqual({
      failure: { schema: 1, status: 'FAILED', note: 'it said "no"\\\n' },
      event: upload,
    });
  });

  test('sends a throttled event to the backlog unchanged, and succeeds', async () => {
    const script = scripted({ Thumbnail: [{ error: THROTTLED }] });
    const { execution } = await runToEnd(workflow, servicesOf(script));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', lastState: 'SendToBacklog' });
    const { QueueUrl, MessageBody } = script.calls.at(-1)!.payload as Record<string, string>;
    expect(QueueUrl).toMatch(/backlog$/);
    expect(JSON.parse(MessageBody!)).toEqual(upload);
  });

  test('leaves an event in the backlog if it is throttled again', async () => {
    const script = scripted({ Validate: [{ error: THROTTLED }] });
    const { execution } = await runToEnd(workflow, servicesOf(script), resumed);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'StillWaiting', lastState: 'StayInBacklog' });
    expect(new Set(script.calls.map(({ state }) => state))).toEqual(new Set(['Validate']));
  });
});
