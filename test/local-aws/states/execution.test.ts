import { AwsError } from '../../../local-aws/service';
import type { HistoryEvent } from '../../../local-aws/states/history';
import { runToEnd, scripted, servicesOf } from './scripted';

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

test('an execution stops at the time of its last event, to the millisecond', async () => {
  let now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now++);
  try {
    const { execution, history } = await runToEnd(one({ Type: 'Succeed' }), {});
    expect(history.at(-1)).toMatchObject({
      type: 'ExecutionSucceeded',
      event_timestamp: String(execution.stopDate),
    });
  } finally {
    clock.mockRestore();
  }
});

describe('limits that the interpreter lacks', () => {
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

  test('so does a state whose output exceeds it, before the next state does anything', async () => {
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

  test('an execution with an input above it does not start', async () => {
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

  test('an Express execution ends after five minutes, even if the definition allows more', async () => {
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
  test('that takes too long is timed out and retried, and its late answer is dropped', async () => {
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

  describe('events:putEvents', () => {
    const putEvents = (Detail: unknown) =>
      one(
        task({
          Resource: 'arn:aws:states:::events:putEvents',
          Parameters: { Entries: [{ Source: 'shop', DetailType: 'Sold', Detail, Resources: ['a'] }] },
        }),
      );

    test.each([[{ item: 'hat' }], ['{"item":"hat"}']])(
      'puts a detail of %j, and names the execution and the machine in the event',
      async (detail) => {
        const script = scripted();
        const { execution, output } = await runToEnd(putEvents(detail), servicesOf(script));
        expect(script.calls).toEqual([
          {
            state: 'events',
            principalArn: 'arn:aws:iam::123456789012:role/machine',
            payload: {
              Entries: [
                {
                  Source: 'shop',
                  DetailType: 'Sold',
                  Detail: '{"item":"hat"}',
                  Resources: ['a', execution.executionArn, execution.stateMachineArn],
                },
              ],
            },
          },
        ]);
        expect(output).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: '4' }] });
      },
    );

    test('fails as EventBridge.FailedEntry, with the answer as its cause, if the event was not accepted', async () => {
      const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }] };
      const { execution } = await runToEnd(
        putEvents('{}'),
        servicesOf(scripted({ events: [{ result: answer }] })),
      );
      expect(execution).toMatchObject({ status: 'FAILED', error: 'EventBridge.FailedEntry' });
      expect(JSON.parse(execution.cause!)).toEqual(answer);
    });
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

  test('has no time limit of its own if the definition gives none', async () => {
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

  test('replaces the input with its result if ResultPath is $', async () => {
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
    machine: 'machine',
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
