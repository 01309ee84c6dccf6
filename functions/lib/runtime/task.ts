import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { ANSWER_FIELDS, type Answer, type AnswerKey } from '../../../contract/answers';
import { InvalidAnswer, Throttled, TransientError } from '../../../contract/errors';
import type { TaskInput } from '../../../contract/states';
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
 * Makes the Lambda handler of a state. An AWS error that goes away by itself becomes {@link Throttled} or
 * {@link TransientError}, the names that the state machine retries. Every other error keeps its own name.
 *
 * @param key of the execution's state that the answer becomes
 * @throws InvalidAnswer if the answer lacks something that later states read
 */
export function task<Key extends AnswerKey, Input extends TaskInput>(
  key: Key,
  run: (input: Input) => Promise<Answer<Key>>,
): (input: Input) => Promise<Answer<Key>> {
  return async (input) => {
    try {
      return complete(key, await run(input));
    } catch (error) {
      // It ends the execution wherever it is thrown, so it counts once.
      if ((error as Error).name === 'Superseded') emit({ Superseded: 1 });
      throw named(error as SdkError);
    }
  };
}

function complete<Key extends AnswerKey>(key: Key, answer: Answer<Key>): Answer<Key> {
  const missing = ANSWER_FIELDS[key].filter((field) => answer?.[field] === undefined);
  if (missing.length === 0) return answer;
  throw new InvalidAnswer(
    `The function answered without ${missing.map((field) => `${key}.${field}`).join(', ')}, which later states read.`,
  );
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
