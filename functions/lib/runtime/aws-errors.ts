import { isClockSkewCorrectedError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { Throttled, TransientError } from '../../../contract/errors';
import { printable } from '../../../contract/text';

type SdkError = Parameters<typeof isTransientError>[0];

/** The signature was too old or too new: the clock was set between signing and checking, and the next signature is right. */
const CLOCK_ERRORS = ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'];

/**
 * Gives an error of an AWS client the name that the state machine knows: {@link Throttled}, {@link TransientError} or
 * `AccessDenied`. Every other error stays as it is, but for its text: it goes into logs and into the Cause of the execution, and
 * often repeats a key.
 */
export function asWorkflowError(caught: unknown): Error {
  const error = named(caught as SdkError);
  const { message = '' } = error;
  const shown = printable(message);
  if (shown === message) return error;
  // A function: `$&` in a key is no pattern.
  const stack = error.stack?.replace(message, () => shown);
  return Object.assign(error, { message: shown, stack });
}

function named(error: SdkError): Error {
  const message = `${error.name}: ${error.message}`;
  // Checked first: S3 answers them with 403, as it does a denial.
  if (CLOCK_ERRORS.includes(error.name) || isClockSkewCorrectedError(error)) {
    return new TransientError(message, { cause: error });
  }
  if (error.$metadata?.httpStatusCode === 403 && error.name.startsWith('Unknown')) {
    // The answer to a HEAD request has no body, and so no name.
    return Object.assign(error, { name: 'AccessDenied', message: `Access denied: ${error.message}` });
  }
  // Checked before the transient ones: S3's SlowDown is a 503 and would pass for either.
  if (isThrottlingError(error)) return new Throttled(message, { cause: error });
  if (isTransientError(error)) return new TransientError(message, { cause: error });
  return error;
}
