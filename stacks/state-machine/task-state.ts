/** What the Task states of the workflow share: a timeout, retries, and the ways out when those are used up. */

/** Seconds a Task waits beyond its function's own timeout, so that it never abandons one still running. */
const TASK_MARGIN = 3;

/** Seconds a call of SNS or SQS may take: they answer in milliseconds, or not at all. */
const SERVICE_TIMEOUT = 3;

/** Faults that pass by themselves. The Lambda names: docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const TRANSIENT_ERRORS = [
  'TransientError',
  'Throttled',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
];

/** No concurrency was free, of the function's own or of the account's: the attempt ends at once. */
export const THROTTLED = 'Lambda.TooManyRequestsException';

/** The function died or hung. With hostile images the content is a likely cause, so one more try and no more. */
const CRASH_ERRORS = [
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'States.Timeout',
];

/** Errors of a service that is called without a function. Which name it gives a passing fault is not documented. */
const SERVICE_ERRORS = ['States.TaskFailed', 'States.Timeout'];

const backoff = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 8, JitterStrategy: 'FULL' };

/** `Superseded` is no failure: a newer version of the object, or its deletion, has overtaken this event. */
export const superseded = { ErrorEquals: ['Superseded'], ResultPath: '$.error', Next: 'Superseded' };

/** Want of capacity is no failure either, whether of Lambda or of a service that a function calls. */
export const throttled = (resultPath = '$.error') => ({
  ErrorEquals: [THROTTLED, 'Throttled'],
  ResultPath: resultPath,
  Next: 'NoCapacity',
});

/** Whatever else there is. */
export const orElse = (next: string, resultPath = '$.error') => ({
  ErrorEquals: ['States.ALL'],
  ResultPath: resultPath,
  Next: next,
});

/** The test of a Choice state that a path leads somewhere. */
export const present = (path: string) => ({ Variable: path, IsPresent: true });

/**
 * A state run by a function: it receives the whole state, and its answer becomes one key of it.
 *
 * @param functionArn of a version
 * @param timeoutSeconds of the function
 */
export function functionTask(functionArn: string, timeoutSeconds: number, key: string, comment: string) {
  return {
    Type: 'Task',
    Comment: comment,
    Resource: functionArn,
    Parameters: { 'execution.$': '$$.Execution.Id', 'state.$': '$' },
    ResultPath: `$.${key}`,
    TimeoutSeconds: timeoutSeconds + TASK_MARGIN,
    Retry: [
      { ErrorEquals: TRANSIENT_ERRORS, MaxAttempts: 2, ...backoff },
      { ErrorEquals: [THROTTLED], MaxAttempts: 3, ...backoff },
      { ErrorEquals: CRASH_ERRORS, MaxAttempts: 1, ...backoff },
    ],
    Catch: [superseded, throttled(), orElse('Quarantine')],
  };
}

/** A state that calls SNS itself. */
export function publishTask(message: { TopicArn: string; [parameter: string]: unknown }) {
  return serviceTask('arn:aws:states:::sns:publish', message, '$.notification', 2);
}

/** A state that sends a message to a queue itself. `MessageBody` may be an object. */
export function sendTask(message: { QueueUrl: string; [parameter: string]: unknown }) {
  return serviceTask('arn:aws:states:::sqs:sendMessage', message, '$.queued', 1);
}

function serviceTask(resource: string, parameters: object, resultPath: string, retries: number) {
  return {
    Type: 'Task',
    Resource: resource,
    Parameters: parameters,
    ResultPath: resultPath,
    TimeoutSeconds: SERVICE_TIMEOUT,
    Retry: [{ ErrorEquals: SERVICE_ERRORS, MaxAttempts: retries, ...backoff }],
  };
}
