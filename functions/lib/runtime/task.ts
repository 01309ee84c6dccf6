import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { Throttled, TransientError } from '../../../contract/errors';
import type { ExecutionState, TaskInput } from '../../../contract/states';
import { emit } from './metrics';
import { readRootCertificates } from './warm';

type SdkError = Parameters<typeof isTransientError>[0];

// Whoever has a client has its configuration from here.
readRootCertificates();

/**
 * Configuration of every AWS client. The state machine holds the retries, with backoff and jitter, where the
 * execution graph shows them; retries inside the client would multiply with those.
 */
export const clientConfig = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/**
 * Makes a Lambda handler of a state. A fault of AWS that passes by itself becomes {@link Throttled} or
 * {@link TransientError}, the names the state machine retries; every other error keeps its own name.
 */
export function task<Needs extends keyof ExecutionState = never, Answer = unknown>(
  run: (input: TaskInput<Needs>) => Promise<Answer>,
): (input: TaskInput<Needs>) => Promise<Answer> {
  return async (input) => {
    try {
      return await run(input);
    } catch (error) {
      // It ends the execution wherever it is thrown, so it counts once.
      if ((error as Error).name === 'Superseded') emit({ Superseded: 1 });
      throw named(error as SdkError);
    }
  };
}

/** The error under the name the state machine knows, where it has another. */
export function named(error: SdkError): Error {
  if (error.$metadata?.httpStatusCode === 403 && error.name.startsWith('Unknown')) {
    // The answer to a HEAD request has no body, and so no name.
    return Object.assign(error, { name: 'AccessDenied', message: `Access denied: ${error.message}` });
  }
  const message = `${error.name}: ${error.message}`;
  // Asked first: S3's SlowDown is a 503 and would pass for either.
  if (isThrottlingError(error)) return new Throttled(message, { cause: error });
  if (isTransientError(error)) return new TransientError(message, { cause: error });
  return error;
}
