import { lifetime, mayBeStale } from '../../../local-aws/cloudfront/freshness';
import type { CachePolicy } from '../../../local-aws/cloudfront/model';

/** The tables in CloudFront's guide to expiration and to cached errors. */

const policy = (minTtl: number, defaultTtl = 100, maxTtl = 1_000): CachePolicy => ({
  minTtl,
  defaultTtl,
  maxTtl,
  queryStrings: { only: [] },
  headers: [],
});

const etag = { etag: '"1"' };
const DATE = 'Sat, 21 Nov 2026 12:00:00 GMT';

test.each<[title: string, headers: Record<string, string>, minTtl: number, seconds: number | undefined]>([
  ['nothing: the default', {}, 0, 100],
  ['nothing, and a minimum above the default', {}, 200, 200],
  ['max-age', { 'cache-control': 'public, max-age=60' }, 0, 60],
  ['max-age below the minimum', { 'cache-control': 'max-age=60' }, 90, 90],
  ['max-age above the maximum', { 'cache-control': 'max-age=31536000, immutable' }, 0, 1_000],
  ['s-maxage before max-age', { 'cache-control': 'max-age=60, s-maxage="30"' }, 0, 30],
  ['Expires', { date: DATE, expires: 'Sat, 21 Nov 2026 12:00:50 GMT' }, 0, 50],
  ['max-age before Expires', { date: DATE, expires: DATE, 'cache-control': 'max-age=60' }, 0, 60],
  ['Expires that is not a date', { ...etag, expires: '0' }, 0, 0],
  ['no-cache, and a validator', { ...etag, 'cache-control': 'no-cache' }, 0, 0],
  ['no-cache, and no validator', { 'cache-control': 'no-cache' }, 0, undefined],
  ['no-store', { ...etag, 'cache-control': 'no-store' }, 0, undefined],
  ['private', { ...etag, 'cache-control': 'private, max-age=60' }, 0, undefined],
  ['no-store, and a minimum', { 'cache-control': 'no-store' }, 5, 5],
  ['max-age=0', { ...etag, 'cache-control': 'max-age=0' }, 0, 0],
])('content with %s', (_, headers, minTtl, seconds) => {
  expect(lifetime(200, headers, policy(minTtl), {})).toBe(seconds);
});

test.each<[status: number, cacheControl: string, ttls: Record<number, number>, seconds: number | undefined]>([
  // Always cached, by default for ten seconds.
  [404, '', {}, 10],
  [503, '', {}, 10],
  [404, '', { 404: 0 }, undefined],
  [404, 'max-age=60', {}, 60],
  [404, 'max-age=60', { 404: 0 }, 60],
  [404, 'max-age=60', { 404: 90 }, 90],
  [404, 'max-age=5', {}, 10],
  [404, 'max-age=5000', {}, 1_000],
  [404, 's-maxage=70, max-age=60', { 404: 0 }, 70],
  // no-store doesn't override the minimum for errors; only a minimum of 0 does.
  [404, 'no-store', {}, 10],
  [404, 'no-store', { 404: 0 }, undefined],
  // Cached if a duration is set.
  [403, '', {}, undefined],
  [403, 'max-age=60', { 403: 0 }, 60],
  [403, '', { 403: 30 }, 30],
  // Never cached.
  [422, 'max-age=60', {}, undefined],
  [429, 'max-age=60', {}, undefined],
  [416, 'max-age=60', { 416: 60 }, undefined],
])('a %i with "%s" and %j', (status, cacheControl, ttls, seconds) => {
  expect(lifetime(status, { 'cache-control': cacheControl }, policy(0), ttls)).toBe(seconds);
});

test('content that must be revalidated is not served if the origin fails', () => {
  expect(mayBeStale({ 'cache-control': 'max-age=60' })).toBe(true);
  for (const directive of ['no-cache', 'must-revalidate', 'proxy-revalidate']) {
    expect(mayBeStale({ 'cache-control': `max-age=60, ${directive}` })).toBe(false);
  }
});
