/**
 * How long CloudFront caches an answer. Packages for HTTP caching follow RFC 9111, but CloudFront has its own rules:
 * the policy bounds the times of the origin, and errors have their own.
 *
 * Sources, in docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide: Expiration.html, HTTPStatusCodes.html and
 * custom-error-pages-expiration.html
 */

import type { Headers } from './headers';
import type { CachePolicy, Distribution } from './model';

/** The shortest time in seconds that an error is cached, if the distribution has no other. */
const ERROR_TTL = 10;

/** Errors that are always cached, and those that are cached if the origin or the distribution gives a time. */
const CACHED_ERRORS = [404, 414, 500, 501, 502, 503, 504];
const CACHED_IF_DECLARED = [400, 403, 405, 412, 415];

/** @returns seconds; 0 to cache it and revalidate it each time; undefined not to cache it */
export function lifetime(
  status: number,
  headers: Headers,
  policy: CachePolicy,
  errorTtls: Distribution['errorTtls'],
): number | undefined {
  return status < 400
    ? lifetimeOfContent(headers, policy)
    : lifetimeOfError(status, headers, policy, errorTtls);
}

function lifetimeOfContent(headers: Headers, policy: CachePolicy): number | undefined {
  const { minTtl, defaultTtl, maxTtl } = policy;
  const directives = cacheControl(headers);
  if (directives.has('no-store') || directives.has('private')) return minTtl > 0 ? minTtl : undefined;
  const declared = directives.has('no-cache') ? 0 : declaredSeconds(headers, directives);
  const seconds = Math.max(minTtl, declared === undefined ? defaultTtl : Math.min(declared, maxTtl));
  const comparable = headers['etag'] !== undefined || headers['last-modified'] !== undefined;
  return seconds > 0 || comparable ? seconds : undefined;
}

function lifetimeOfError(
  status: number,
  headers: Headers,
  { maxTtl }: CachePolicy,
  errorTtls: Distribution['errorTtls'],
): number | undefined {
  const directives = cacheControl(headers);
  const declared = ['no-store', 'no-cache', 'private'].some((name) => directives.has(name))
    ? undefined
    : declaredSeconds(headers, directives);
  const isCached =
    CACHED_ERRORS.includes(status) ||
    (CACHED_IF_DECLARED.includes(status) && (declared !== undefined || errorTtls[status] !== undefined));
  if (!isCached) return undefined;
  const seconds = Math.max(errorTtls[status] ?? ERROR_TTL, Math.min(declared ?? 0, maxTtl));
  return seconds > 0 ? seconds : undefined;
}

/** Whether stale content may be served while the origin fails. */
export function mayBeStale(headers: Headers): boolean {
  const directives = cacheControl(headers);
  return !['no-cache', 'must-revalidate', 'proxy-revalidate'].some((name) => directives.has(name));
}

/** `s-maxage` is for caches like this one, so it takes precedence. */
function declaredSeconds(headers: Headers, directives: Map<string, string>): number | undefined {
  for (const name of ['s-maxage', 'max-age']) {
    const value = directives.get(name);
    if (value !== undefined && /^\d+$/.test(value)) return Number(value);
  }
  const expires = headers['expires'];
  if (expires === undefined) return undefined;
  const at = Date.parse(String(expires));
  const from = Date.parse(String(headers['date'] ?? ''));
  // An invalid date, such as 0, means that it has expired.
  return Number.isNaN(at) ? 0 : Math.max(0, (at - (Number.isNaN(from) ? Date.now() : from)) / 1000);
}

function cacheControl(headers: Headers): Map<string, string> {
  const text = String(headers['cache-control'] ?? '');
  return new Map(
    text
      .split(',')
      .map((directive) => directive.trim().toLowerCase().split('=', 2))
      .map(([name, value = '']) => [name!, value.replace(/^"(.*)"$/, '$1')]),
  );
}
