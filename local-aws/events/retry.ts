/** EventBridge's retry policy, and the attributes of a dead-lettered event. */

import { steadyNow } from '../clock';
import { AwsError } from '../service';

/** Defaults of a target: docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const MAXIMUM_ATTEMPTS = 185;
const MAXIMUM_AGE_SECONDS = 24 * 60 * 60;

const LONGEST_DELAY = 60_000;

export interface RetryPolicy {
  maximumRetryAttempts?: number;
  maximumEventAgeSeconds?: number;
}

/** Why no further attempt is made; undefined if there will be one. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** Exponential from one second, at most a minute, with full jitter; in milliseconds. */
export function backoff(retries: number): number {
  return Math.random() * Math.min(1_000 * 2 ** retries, LONGEST_DELAY);
}

/** A missing permission or target stays missing, so EventBridge tries such a delivery only once. */
export function isRetriable(error: unknown): boolean {
  return error instanceof AwsError && (error.status >= 500 || isThrottling(error));
}

function isThrottling(error: AwsError): boolean {
  return error.status === 429 || /Throttl|TooManyRequests|LimitExceeded/.test(error.code);
}

/**
 * @param retries attempts made after the first
 * @param acceptedAt when the event came, in milliseconds since 1970
 */
export function exhausted(policy: RetryPolicy, retries: number, acceptedAt: number): Exhausted | undefined {
  if (retries >= (policy.maximumRetryAttempts ?? MAXIMUM_ATTEMPTS)) return 'MaximumRetryAttempts';
  const age = (policy.maximumEventAgeSeconds ?? MAXIMUM_AGE_SECONDS) * 1_000;
  return steadyNow() - acceptedAt >= age ? 'MaximumEventAgeInSeconds' : undefined;
}

/** EventBridge's own words: docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function errorCode(error: unknown): string {
  if (!(error instanceof AwsError)) return 'INTERNAL_ERROR';
  if (/AccessDenied|NotAuthorized|AuthorizationError/.test(error.code)) return 'NO_PERMISSIONS';
  if (/DoesNotExist|NotFound|NoSuch|NonExistent/.test(error.code)) return 'NO_RESOURCE';
  if (isThrottling(error)) return 'THROTTLING';
  return error.status >= 500 ? 'INTERNAL_ERROR' : 'ERROR_FROM_TARGET';
}

/** Message attributes of a dead-lettered event. */
export function deadLetterAttributes(
  ruleArn: string,
  targetArn: string,
  error: unknown,
  retries: number,
  condition?: Exhausted,
): Record<string, string> {
  return {
    RULE_ARN: ruleArn,
    TARGET_ARN: targetArn,
    ERROR_CODE: errorCode(error),
    ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
    RETRY_ATTEMPTS: String(retries),
    ...(condition && { EXHAUSTED_RETRY_CONDITION: condition }),
  };
}
