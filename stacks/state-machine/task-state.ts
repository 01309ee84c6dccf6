/** What the Task states of the workflow share: a timeout, retries, and what catches an error that is left after them. */

import { CRASHES, LAMBDA_FAULTS } from '../../contract/service-errors';
import type { AnswerKey } from '../../contract/states';

/** Seconds that a Task waits beyond its function's own timeout, so that it never gives up on a function that still runs. */
const TASK_MARGIN = 3;

/** Seconds that a call to SNS or SQS may take: they answer within milliseconds or not at all. */
const SERVICE_TIMEOUT = 3;

/** The same if there are events, which are further calls: all of them have to fit into the longest execution. */
const SERVICE_TIMEOUT_WITH_EVENTS = 2;

/** @returns seconds that a call without a function may take */
export const serviceTimeout = (hasEvents: boolean) =>
  hasEvents ? SERVICE_TIMEOUT_WITH_EVENTS : SERVICE_TIMEOUT;

/** Faults that go away by themselves. */
const TRANSIENT_ERRORS = ['TransientError', 'Throttled', 'NotYetVisible', ...LAMBDA_FAULTS];

/** The concurrency of the function or of the account is used up. Such an attempt fails at once. */
export const THROTTLED = 'Lambda.TooManyRequestsException';

/** Errors of a service that a state calls without a function. AWS doesn't document which names are transient faults. */
const SERVICE_ERRORS = ['States.TaskFailed', 'States.Timeout'];

const backoff = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 8, JitterStrategy: 'FULL' };

/** `Superseded` isn't a failure: there is a newer version of the object, or it was deleted. */
export const superseded = { ErrorEquals: ['Superseded'], ResultPath: '$.error', Next: 'Superseded' };

/**
 * What may succeed later isn't a failure either: out of capacity, whether Lambda's or that of a service that a function calls,
 * and an object that S3 doesn't show yet.
 */
export const notNow = (resultPath = '$.error') => ({
  ErrorEquals: [THROTTLED, 'Throttled', 'NotYetVisible'],
  ResultPath: resultPath,
  Next: 'CheckBacklog',
});

/** Every other error. */
export const orElse = (next: string, resultPath = '$.error') => ({
  ErrorEquals: ['States.ALL'],
  ResultPath: resultPath,
  Next: next,
});

/** A Choice rule that matches if the path exists. */
export const present = (path: string) => ({ Variable: path, IsPresent: true });

/**
 * A state that runs a function. The function receives the whole state of the execution, and its answer becomes one key of
 * that state.
 *
 * @param functionArn of a published version
 * @param timeoutSeconds of the function
 * @param key of the execution's state that the answer becomes
 */
export function functionTask(functionArn: string, timeoutSeconds: number, key: AnswerKey, comment: string) {
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
      // A hostile image is a likely cause of a crash, so it is tried only once more.
      { ErrorEquals: CRASHES, MaxAttempts: 1, ...backoff },
    ],
    Catch: [superseded, notNow(), orElse('Quarantine')],
  };
}

/** A state that publishes to SNS without a function. @param seconds that one attempt may take */
export function publishTask(message: { TopicArn: string; [parameter: string]: unknown }, seconds: number) {
  return serviceTask('arn:aws:states:::sns:publish', message, '$.notification', { retries: 2, seconds });
}

/** A state that sends a message to a queue without a function. `MessageBody` may be an object. @param seconds that one attempt may take */
export function sendTask(message: { QueueUrl: string; [parameter: string]: unknown }, seconds: number) {
  return serviceTask('arn:aws:states:::sqs:sendMessage', message, '$.queued', { retries: 1, seconds });
}

/** A state that calls a service without a function. */
export function serviceTask(
  resource: string,
  parameters: object,
  resultPath: string,
  { retries, seconds }: { retries: number; seconds: number },
) {
  return {
    Type: 'Task',
    Resource: resource,
    Parameters: parameters,
    ResultPath: resultPath,
    TimeoutSeconds: seconds,
    Retry: [{ ErrorEquals: SERVICE_ERRORS, MaxAttempts: retries, ...backoff }],
  };
}
