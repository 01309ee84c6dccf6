import { readRootCertificates } from './root-certificates';

/**
 * Configuration of every AWS client. The state machine holds the retries, with backoff and jitter, where the execution
 * graph shows them; retries inside the client would multiply with those.
 */
const CONFIG = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

let isWarm = false;

/** Configuration for a new AWS client. The first call also makes Node read the certificates that the client will need. */
export function clientConfig(): typeof CONFIG {
  if (!isWarm) isWarm = readRootCertificates();
  return CONFIG;
}
