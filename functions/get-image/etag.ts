import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../lib/http/problem';

/**
 * Adds an ETag to an answer, and leaves out its body if the caller has it already.
 *
 * @param ifNoneMatch the header of the request: `*` or a list of tags, each of which may be weak (RFC 9110, 13.1.2)
 */
export function withETag(answer: HttpAnswer, ifNoneMatch: string | undefined): HttpAnswer {
  const etag = `"${createHash('sha256')
    .update(answer.body ?? '')
    .digest('base64url')
    .slice(0, 22)}"`;
  const headers = { ...answer.headers, etag };
  return matches(etag, ifNoneMatch) ? { statusCode: 304, headers } : { ...answer, headers };
}

/** Compares weakly, as If-None-Match asks for. A tag may hold a comma, so the list isn't split at commas. */
function matches(etag: string, ifNoneMatch = ''): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  const tags: string[] = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag);
}
