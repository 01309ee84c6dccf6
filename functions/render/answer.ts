import type { HttpAnswer } from '../lib/http/problem';
import type { Stored } from '../lib/storage/thumbnail-bucket';

/** The parts of a request that decide how it is answered, whatever the thumbnail. */
export interface Request {
  method: string;
  /** The header of that name. */
  ifNoneMatch?: string;
}

/**
 * The longest body in bytes. Lambda refuses an answer of more than 6,291,556 bytes, and says so with this number ("6 MB" in
 * docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html); base64 makes four bytes of three, and the headers count too.
 */
export const MAX_BODY_BYTES = Math.floor((6_291_556 - 8_192) / 4) * 3;

/**
 * A reference to the URL that was requested, with its query (RFC 3986, section 5.2.2). It can't be written out here: the CDN
 * doesn't pass a signature on, and without it the viewer would be refused.
 */
const SAME_URL = '#';

/**
 * Answers with a thumbnail as S3 would. If it is too long for Lambda, the answer redirects to the same URL: by the time the
 * browser follows, the CDN finds it in S3.
 */
export async function answerWith(stored: Stored, request: Request): Promise<HttpAnswer> {
  const headers = {
    etag: stored.etag,
    ...(stored.cacheControl && { 'cache-control': stored.cacheControl }),
    ...(stored.lastModified && { 'last-modified': stored.lastModified.toUTCString() }),
  };
  if (matches(request.ifNoneMatch, stored.etag)) {
    stored.discard();
    return { statusCode: 304, headers };
  }
  const full = { statusCode: 200, headers: { 'content-type': stored.contentType, ...headers } };
  if (request.method === 'HEAD') {
    stored.discard();
    return full;
  }
  if (stored.bytes > MAX_BODY_BYTES) {
    stored.discard();
    return { statusCode: 302, headers: { location: SAME_URL, 'cache-control': 'no-store' } };
  }
  const body = await stored.read();
  return { ...full, body: body.toString('base64'), isBase64Encoded: true };
}

/** RFC 9110, section 13.1.2: a list of entity tags, compared weakly, or `*` for anything that exists. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
