import { AwsError } from '../../../local-aws/service';
import type { HistoryEvent } from '../../../local-aws/states/history';
import { resumed, runToEnd, scripted, servicesOf, THROTTLED, TOPIC, upload, workflow } from './workflow';

const task = (extra: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:lambda:us-east-1:123456789012:function:work:1',
  End: true,
  ...extra,
});
const one = (state: object, top: object = {}) => ({ StartAt: 'Work', States: { Work: state }, ...top });

const types = (history: HistoryEvent[]) => history.map(({ type }) => type);
const named = (name: string, message = '') => Object.assign(new Error(message), { name });
const never = () => new Promise<never>(() => {});

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

  test('ends well when the event was superseded', async () => {
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

  test('says what is known when Quarantine fails too', async () => {
    const script = scripted({ Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] });
    const { execution } = await runToEnd(workflow, servicesOf(script));
    expect(script.calls.map(({ state }) => state)).toEqual(['Validate', 'Thumbnail', 'Quarantine', 'sns']);
    const { Message } = script.calls.at(-1)!.payload as { Message: string };
    const forMachines = JSON.parse(JSON.parse(Message).default);
    expect(forMachines.source.key).toBe(upload.detail.object.key);
    expect(forMachines.execution).toBe(execution.executionArn);
    expect(execution.cause).toContain(upload.detail.object.key);
  });

  test('keeps a failure that SNS does not take in the failure queue, with its event', async () => {
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

  test('sends an event that was throttled to the backlog as it came, and ends well', async () => {
    const script = scripted({ Thumbnail: [{ error: THROTTLED }] });
    const { execution } = await runToEnd(workflow, servicesOf(script));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', lastState: 'SendToBacklog' });
    const { QueueUrl, MessageBody } = script.calls.at(-1)!.payload as Record<string, string>;
    expect(QueueUrl).toMatch(/backlog$/);
    expect(JSON.parse(MessageBody!)).toEqual(upload);
  });

  test('leaves an event from the backlog that is throttled again where it is', async () => {
    const script = scripted({ Validate: [{ error: THROTTLED }] });
    const { execution } = await runToEnd(workflow, servicesOf(script), resumed);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'NoCapacity', lastState: 'StayInBacklog' });
    expect(new Set(script.calls.map(({ state }) => state))).toEqual(new Set(['Validate']));
  });
});

test('intrinsic functions keep quotes, backslashes and line breaks', async () => {
  const text = 'at "byte" \\7\n';
  const { output } = await runToEnd(
    {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Pass',
          Parameters: {
            'json.$': 'States.JsonToString($)',
            'format.$': "States.Format('<{}>', $.text)",
            'nested.$': "States.Format('<{}>', States.JsonToString($))",
            'array.$': 'States.Array($.text)',
          },
          End: true,
        },
      },
    },
    {},
    { text },
  );
  const json = JSON.stringify({ text });
  expect(output).toEqual({ json, format: `<${text}>`, nested: `<${json}>`, array: [text] });
});

describe('limits the interpreter does not know', () => {
  const large = 'x'.repeat(256 * 1024);
  const catchAll = {
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Work' }],
  };

  test('a result above 256 KiB ends the execution, whatever is caught', async () => {
    const { execution, history } = await runToEnd(one(task(catchAll)), { invokeFunction: async () => large });
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: 'Expected at most 262144 bytes for the result of the task but received 262146',
    });
    expect(types(history).filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(1);
  });

  test('so does a state whose output has grown above it, before the next state does anything', async () => {
    const half = 'x'.repeat(200 * 1024);
    const called: string[] = [];
    const { execution } = await runToEnd(
      {
        StartAt: 'One',
        States: {
          One: task({ ResultPath: '$.one', Next: 'Two', End: undefined }),
          Two: task({ ResultPath: '$.two', Parameters: {}, Next: 'Three', End: undefined }),
          Three: task({ Parameters: {} }),
        },
      },
      {
        invokeFunction: async () => {
          called.push('call');
          return half;
        },
      },
    );
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      lastState: 'Two',
    });
    expect(execution.cause).toContain('output of the state Two');
    expect(called).toHaveLength(2);
  });

  test('an input above it is not started', async () => {
    await expect(runToEnd(one(task()), {}, { large })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
      message: expect.stringContaining('Expected at most 262144 bytes for the input of the execution'),
    });
  });

  test('TimeoutSeconds of the definition ends it as TIMED_OUT, without any Catch', async () => {
    const { execution, history } = await runToEnd(one(task(catchAll), { TimeoutSeconds: 1 }), {
      invokeFunction: never,
    });
    expect(execution).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout', lastState: 'Work' });
    expect(types(history).at(-1)).toBe('ExecutionTimedOut');
  });

  test('an Express execution is over after five minutes, also where the definition allows more', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] });
    try {
      const ended = runToEnd(one(task(), { TimeoutSeconds: 900 }), { invokeFunction: never });
      await new Promise(setImmediate);
      jest.advanceTimersByTime(300_000);
      expect((await ended).execution).toMatchObject({ status: 'TIMED_OUT', cause: 'It ran for 300 s.' });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a Task', () => {
  test('that takes too long is timed out, tried again, and its late answer dropped', async () => {
    let calls = 0;
    let answerLate: (value: unknown) => void = () => {};
    const { execution, history } = await runToEnd(
      one(task({ TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }] })),
      {
        invokeFunction: async () => {
          if (++calls === 1) {
            return new Promise((resolve) => {
              answerLate = resolve;
            });
          }
          answerLate('late');
          return 'in time';
        },
      },
    );
    expect(execution.status).toBe('SUCCEEDED');
    expect(types(history)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionTimedOut',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test.each([
    ['TooManyRequestsException', 429, 'Lambda.TooManyRequestsException'],
    ['ServiceException', 500, 'Lambda.ServiceException'],
    ['AccessDeniedException', 403, 'Lambda.AWSLambdaException'],
  ])('names the errors of Lambda itself as Step Functions does: %s', async (code, status, expected) => {
    const error = new AwsError(code, 'in so many words', status);
    const { execution } = await runToEnd(one(task()), { invokeFunction: () => Promise.reject(error) });
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: expected,
      cause: expect.stringContaining('in so many words'),
    });
  });

  test.each([
    ['sns:publish', 'InvalidParameter', 'SNS.InvalidParameterException'],
    ['sns:publish', 'KMSAccessDeniedException', 'SNS.KMSAccessDeniedException'],
    ['sqs:sendMessage', 'AWS.SimpleQueueService.NonExistentQueue', 'SQS.NonExistentQueueException'],
  ])('names the errors of %s as Step Functions does: %s', async (action, code, expected) => {
    const error = new AwsError(code, 'no');
    const { execution } = await runToEnd(
      one(task({ Resource: `arn:aws:states:::${action}`, Parameters: { Message: 'm', MessageBody: 'm' } })),
      { publish: () => Promise.reject(error), sendMessage: () => Promise.reject(error) },
    );
    expect(execution.error).toBe(expected);
  });

  test('lambda:invoke takes FunctionName and Payload, and wraps the answer', async () => {
    const called: unknown[] = [];
    const { output } = await runToEnd(
      one(
        task({
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'arn:of:function', 'Payload.$': '$.detail.bucket' },
        }),
      ),
      {
        invokeFunction: async (...args) => {
          called.push(args);
          return { ok: true };
        },
      },
    );
    expect(called).toEqual([
      ['arn:of:function', { name: 'uploads' }, 'arn:aws:iam::123456789012:role/machine'],
    ]);
    expect(output).toEqual({ Payload: { ok: true }, StatusCode: 200 });
  });

  test('sqs:sendMessage sends an object as its JSON', async () => {
    const sent: object[] = [];
    await runToEnd(
      one(
        task({
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Parameters: { QueueUrl: 'https://queue', 'MessageBody.$': '$.detail.bucket' },
        }),
      ),
      {
        sendMessage: async (input) => {
          sent.push(input);
          return { MessageId: '1' };
        },
      },
    );
    expect(sent).toEqual([{ QueueUrl: 'https://queue', MessageBody: '{"name":"uploads"}' }]);
  });

  test('has no time limit of its own where the definition gives none', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] });
    try {
      let answer: (value: unknown) => void = () => {};
      const ended = runToEnd(one(task()), {
        invokeFunction: () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      });
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      jest.advanceTimersByTime(120_000);
      await new Promise(setImmediate);
      answer('at last');
      expect((await ended).execution.status).toBe('SUCCEEDED');
    } finally {
      jest.useRealTimers();
    }
  });

  test('puts its result in place of the input where ResultPath is $', async () => {
    const { output } = await runToEnd(one(task({ ResultPath: '$' })), {
      invokeFunction: async () => ({ a: 1 }),
    });
    expect(output).toEqual({ a: 1 });
  });

  test('that fails without a Catch ends the execution with its error and cause', async () => {
    const { execution, history } = await runToEnd(one(task()), {
      invokeFunction: () => Promise.reject(named('Boom', '{"errorType":"Boom"}')),
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Boom', cause: '{"errorType":"Boom"}' });
    expect(history.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      details: { error: 'Boom', cause: '{"errorType":"Boom"}' },
    });
  });
});

test('Choice, Pass, Wait and the context run as written', async () => {
  const { output, history } = await runToEnd(
    {
      StartAt: 'Kind',
      States: {
        Kind: {
          Type: 'Choice',
          Choices: [{ Variable: '$.detail.bucket.name', StringEquals: 'uploads', Next: 'Pause' }],
          Default: 'No',
        },
        Pause: { Type: 'Wait', Seconds: 1, Next: 'Who' },
        Who: {
          Type: 'Pass',
          Parameters: {
            'machine.$': '$$.StateMachine.Name',
            'id.$': '$$.Execution.Id',
            'name.$': '$$.Execution.Name',
            'role.$': '$$.Execution.RoleArn',
            'bucket.$': '$$.Execution.Input.detail.bucket.name',
          },
          End: true,
        },
        No: { Type: 'Fail' },
      },
    },
    {},
  );
  expect(output).toEqual({
    machine: 'workflow',
    id: history[0]!.execution_arn,
    name: history[0]!.execution_arn.split(':').at(-2),
    role: 'arn:aws:iam::123456789012:role/machine',
    bucket: 'uploads',
  });
  expect(types(history)).toEqual([
    'ExecutionStarted',
    'ChoiceStateEntered',
    'ChoiceStateExited',
    'WaitStateEntered',
    'WaitStateExited',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
});
