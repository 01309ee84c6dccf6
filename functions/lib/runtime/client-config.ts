import { join } from 'node:path';
import { externalDataInterceptor, getHomeDir } from '@smithy/core/config';
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
  leaveOutFiles();
  return CONFIG;
}

/**
 * A function is configured by its environment variables alone, so the SDK need not look for its files, which would otherwise
 * be a part of the first request. Files that AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE name are read all the same.
 */
function leaveOutFiles(): void {
  for (const name of ['config', 'credentials']) {
    externalDataInterceptor.interceptFile(join(getHomeDir(), '.aws', name), '');
  }
}
