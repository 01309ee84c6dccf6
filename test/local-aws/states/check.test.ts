import { checkStateMachine } from '../../../local-aws/states/check';
import { machineOf, small } from './scripted';

const RESOURCE = 'arn:aws:lambda:us-east-1:123456789012:function:work:1';

const one = (state: object, top: object = {}) =>
  machineOf({ StartAt: 'Work', States: { Work: state }, ...top });
const pass = (extra: object) => one({ Type: 'Pass', End: true, ...extra });
const task = (extra: object) => one({ Type: 'Task', Resource: RESOURCE, End: true, ...extra });

/** The text of the refusal; fails the test if there is none. */
function refusal(machine: ReturnType<typeof machineOf>): string {
  try {
    checkStateMachine(machine);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Expected the state machine to be refused');
}

test('a definition that runs as on AWS is accepted', () => {
  expect(() => checkStateMachine(machineOf(small))).not.toThrow();
});

test('the definition is not changed', () => {
  const machine = machineOf(small);
  const before = JSON.stringify(machine);
  checkStateMachine(machine);
  expect(JSON.stringify(machine)).toBe(before);
});

describe('what would not run as on AWS is refused', () => {
  test.each<[string, ReturnType<typeof machineOf>, string]>([
    [
      'a type that there is not',
      { ...pass({}), type: 'OTHER' as never },
      'Expected type EXPRESS or STANDARD but received OTHER',
    ],
    [
      'JSONata for the whole machine',
      one({ Type: 'Succeed' }, { QueryLanguage: 'JSONata' }),
      'JSONata is not supported',
    ],
    [
      'JSONata for a state',
      one({ Type: 'Succeed', QueryLanguage: 'JSONata' }),
      'state Work: JSONata is not supported',
    ],
    [
      'a test that something is not present',
      one({
        Type: 'Choice',
        Choices: [{ Variable: '$.a', IsPresent: false, Next: 'Work' }],
        Default: 'Work',
      }),
      'IsPresent with false is not supported',
    ],
    ['Assign', pass({ Assign: { a: 1 } }), 'state Work: Assign is not supported'],
    ['variables', pass({ Parameters: { 'a.$': '$count' } }), 'a.$ "$count": variables are not supported'],
    [
      'the context of a state',
      pass({ Parameters: { 'a.$': '$$.State.RetryCount' } }),
      'a.$ "$$.State.RetryCount": the context has only Execution and StateMachine',
    ],
    [
      'a task token, also inside an intrinsic function',
      pass({ Parameters: { 'a.$': "States.Format('{}', $$.Task.Token)" } }),
      'the context has only Execution and StateMachine',
    ],
    [
      'a path with a wildcard',
      pass({ Parameters: { 'a.$': '$.items[*].key' } }),
      'a path that can match several values',
    ],
    ['a path that searches', pass({ InputPath: '$..key' }), 'a path that can match several values'],
    ['a filter', pass({ OutputPath: '$.items[?(@.size > 5)]' }), 'a path that can match several values'],
    ['a slice', pass({ OutputPath: '$.items[1:]' }), 'a path that can match several values'],
    [
      'escapes in an intrinsic function',
      pass({ Parameters: { 'a.$': "States.Format('it\\'s {}', $.a)" } }),
      'escapes in an intrinsic function',
    ],
    [
      'an unpaired parenthesis in an intrinsic function',
      pass({ Parameters: { 'a.$': "States.Format('a) {}', $.a)" } }),
      'a text with an unpaired parenthesis',
    ],
    ['a Result that is false', pass({ Result: false }), 'the Result false would be ignored'],
    ['a heartbeat', task({ HeartbeatSeconds: 5, TimeoutSeconds: 10 }), 'HeartbeatSeconds is not supported'],
    ['other credentials', task({ Credentials: { RoleArn: 'arn' } }), 'Credentials is not supported'],
    [
      'an integration that is not supported',
      task({ Resource: 'arn:aws:states:::dynamodb:putItem' }),
      'but received arn:aws:states:::dynamodb:putItem',
    ],
    [
      'waiting for a token',
      task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }),
      'but received arn:aws:states:::lambda:invoke.waitForTaskToken',
    ],
    [
      '.sync',
      task({ Resource: 'arn:aws:states:::states:startExecution.sync:2' }),
      'for Resource but received',
    ],
    [
      'Parallel',
      one({ Type: 'Parallel', End: true, Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }] }),
      'a Parallel state is not supported',
    ],
    [
      'an inline Map',
      one({
        Type: 'Map',
        End: true,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'A',
          States: { A: { Type: 'Succeed' } },
        },
      }),
      'a Map state in INLINE mode is not supported',
    ],
    ['what the validator finds', pass({ End: undefined, Next: 'Nowhere' }), 'MISSING_TRANSITION_TARGET'],
  ])('%s', (_, machine, expected) => {
    const text = refusal(machine);
    expect(text).toMatch(/^The state machine machine cannot run locally:\n {2}/);
    expect(text).toContain(expected);
  });
});

test.each(['$.items[0].key', "$['a,b']['c:d']", '$$.Execution.Id', '$'])(
  'the path %s is accepted',
  (path) => {
    expect(() => checkStateMachine(pass({ Parameters: { 'a.$': path } }))).not.toThrow();
  },
);
