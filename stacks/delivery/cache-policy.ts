import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy';
import type { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from './release-first';

/** Seconds. What says itself how long it may be kept, as every thumbnail and every refusal does, is kept for as long. */
const DAY = 24 * 60 * 60;
const YEAR = 365 * DAY;

/**
 * What makes two requests the same: the path and the version. The version is passed on, and no other parameter: not to S3,
 * where some have a meaning, nor past the cache, where each would be a thumbnail of its own.
 */
export function cachePolicy(scope: Construct, name: string): CloudfrontCachePolicy {
  return new CloudfrontCachePolicy(scope, 'cache-policy', {
    name,
    lifecycle: RELEASED_BEFORE_DESTROYED,
    comment: 'By path and version, for as long as the Cache-Control of the thumbnail says.',
    minTtl: 0,
    defaultTtl: DAY,
    maxTtl: YEAR,
    parametersInCacheKeyAndForwardedToOrigin: {
      queryStringsConfig: { queryStringBehavior: 'whitelist', queryStrings: { items: ['v'] } },
      headersConfig: { headerBehavior: 'none' },
      cookiesConfig: { cookieBehavior: 'none' },
      enableAcceptEncodingBrotli: false,
      enableAcceptEncodingGzip: false,
    },
  });
}
