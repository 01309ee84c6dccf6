/**
 * The workflow, as a pure function from ARNs to an Amazon States Language definition.
 *
 * Every Task has a timeout, a Retry and a Catch. Transient faults are retried with exponential backoff, full jitter
 * and a capped delay; a crash or a timeout, which hostile content can cause, once; a permanent error never.
 */

/** What the definition refers to. Functions are named by version, so that a deploy never mixes code in one run. */
export interface Arns {
  validate: string;
  thumbnail: string;
  storeMetadata: string;
  notify: string;
  quarantine: string;
  errorTopic: string;
}

/** Timeout of each function in seconds. */
export type FunctionTimeouts = Record<Exclude<keyof Arns, 'errorTopic'>, number>;

/** Seconds a Task waits beyond its function's own timeout, so that it never abandons one still running. */
const TASK_MARGIN = 3;

/** An Express execution is ended at 300 s without any Catch: the whole definition stays below this. */
export const EXECUTION_LIMIT = 290;

/** Faults that pass by themselves. The Lambda names: docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const TRANSIENT_ERRORS = [
  'TransientError',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** The function died or hung. With hostile images the content is a likely cause, so one more try and no more. */
const CRASH_ERRORS = [
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'States.Timeout',
];

const backoff = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 8, JitterStrategy: 'FULL' };

const retry = [
  { ErrorEquals: TRANSIENT_ERRORS, MaxAttempts: 2, ...backoff },
  { ErrorEquals: CRASH_ERRORS, MaxAttempts: 1, ...backoff },
];

/** `Superseded` is no failure: a newer version of the object, or its deletion, has overtaken this event. */
const superseded = { ErrorEquals: ['Superseded'], ResultPath: '$.error', Next: 'Superseded' };

const orElse = (next: string, resultPath = '$.error') => ({
  ErrorEquals: ['States.ALL'],
  ResultPath: resultPath,
  Next: next,
});

/** A state run by a function: it receives the whole state, and its answer becomes one key of it. */
function task(functionArn: string, timeoutSeconds: number, key: string, comment: string) {
  return {
    Type: 'Task',
    Comment: comment,
    Resource: functionArn,
    Parameters: { 'execution.$': '$$.Execution.Id', 'state.$': '$' },
    ResultPath: `$.${key}`,
    TimeoutSeconds: timeoutSeconds + TASK_MARGIN,
    Retry: retry,
  };
}

/**
 * @param arns what the states call
 * @param timeouts seconds each function may run
 * @returns the definition, ready for `JSON.stringify`
 */
export function definition(arns: Arns, timeouts: FunctionTimeouts) {
  return {
    Comment: 'Makes thumbnails of an image uploaded to S3, records them and tells people.',
    StartAt: 'Validate',
    TimeoutSeconds: EXECUTION_LIMIT,
    States: {
      Validate: {
        ...task(arns.validate, timeouts.validate, 'image', 'Is it current, and an image within the limits?'),
        Catch: [superseded, orElse('Quarantine')],
        Next: 'Thumbnail',
      },
      Thumbnail: {
        ...task(arns.thumbnail, timeouts.thumbnail, 'thumbnails', 'One decode, every variant.'),
        Catch: [superseded, orElse('Quarantine')],
        Next: 'StoreMetadata',
      },
      StoreMetadata: {
        ...task(
          arns.storeMetadata,
          timeouts.storeMetadata,
          'record',
          'The newest version of the object wins.',
        ),
        Catch: [superseded, orElse('Quarantine')],
        Next: 'Notify',
      },
      Notify: {
        ...task(arns.notify, timeouts.notify, 'notification', 'Tell the processed topic.'),
        Catch: [superseded, orElse('Quarantine')],
        End: true,
      },
      Superseded: { Type: 'Succeed', Comment: 'A newer version or a deletion has overtaken this event.' },
      Quarantine: {
        ...task(arns.quarantine, timeouts.quarantine, 'failure', 'Keep the original with its reason.'),
        Catch: [superseded, orElse('DescribeFailure', '$.quarantineError')],
        Next: 'NotifyFailure',
      },
      DescribeFailure: {
        Type: 'Pass',
        Comment: 'Quarantine itself failed: say so, and tell what is known.',
        Parameters: {
          schema: 1,
          'error.$': '$.error.Error',
          prefix: '/',
          'text.$':
            "States.Format('Making thumbnails of s3://{}/{} failed: {} Quarantine failed too, so no copy was kept and the record does not say FAILED: {} Execution: {}', $.detail.bucket.name, $.detail.object.key, States.JsonToString($.error), States.JsonToString($.quarantineError), $$.Execution.Id)",
          message: {
            schema: 1,
            status: 'FAILED',
            'dedupeId.$': '$$.Execution.Id',
            source: {
              'bucket.$': '$.detail.bucket.name',
              'key.$': '$.detail.object.key',
              version: null,
              etag: null,
              sequencer: null,
            },
            error: { 'name.$': '$.error.Error', 'message.$': 'States.JsonToString($.error)' },
            quarantine: null,
            'note.$': "States.Format('Quarantine failed: {}', States.JsonToString($.quarantineError))",
            'execution.$': '$$.Execution.Id',
            'time.$': '$$.Execution.StartTime',
          },
        },
        ResultPath: '$.failure',
        Next: 'NotifyFailure',
      },
      NotifyFailure: {
        Type: 'Task',
        Comment: 'Straight to SNS: it must work when Lambda is what is failing.',
        Resource: 'arn:aws:states:::sns:publish',
        Parameters: {
          TopicArn: arns.errorTopic,
          Subject: 'Thumbnail workflow: an image failed',
          MessageStructure: 'json',
          Message: { 'default.$': 'States.JsonToString($.failure.message)', 'email.$': '$.failure.text' },
          MessageAttributes: {
            status: { DataType: 'String', StringValue: 'FAILED' },
            error: { DataType: 'String', 'StringValue.$': '$.failure.error' },
            prefix: { DataType: 'String', 'StringValue.$': '$.failure.prefix' },
          },
        },
        ResultPath: '$.notification',
        TimeoutSeconds: 5,
        Retry: [{ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], MaxAttempts: 3, ...backoff }],
        Catch: [orElse('Failed', '$.notificationError')],
        Next: 'Failed',
      },
      Failed: { Type: 'Fail', Error: 'ThumbnailWorkflowFailed', CausePath: '$.failure.text' },
    },
  };
}
