import type { IncomingMessage } from 'node:http';

/**
 * Whether a request needs no signature in its headers or query: a browser sends preflights unsigned, and a form has the
 * signature in a field. Any other unsigned request is refused.
 */
export function isUnsigned({ method, url, headers }: IncomingMessage): boolean {
  if (method === 'OPTIONS') return true;
  const isForm = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
  return method === 'POST' && isForm && headers.authorization === undefined && BUCKET.test(url ?? '');
}

/** A path with a bucket and nothing else. */
const BUCKET = /^\/[^/?]+\/?$/;
