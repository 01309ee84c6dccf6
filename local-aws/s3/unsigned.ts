import type { IncomingMessage } from 'node:http';

/**
 * Whether a request needs no signature of its own: a browser sends a preflight without
 * one, and a form has it in a field. Any other unsigned request is refused.
 */
export function isUnsigned({ method, url, headers }: IncomingMessage): boolean {
  if (method === 'OPTIONS') return true;
  const isForm = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
  return method === 'POST' && isForm && headers.authorization === undefined && BUCKET.test(url ?? '');
}

/** A path with a bucket and nothing else. */
const BUCKET = /^\/[^/?]+\/?$/;
