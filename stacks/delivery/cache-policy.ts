import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy';
import type { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';

/** Seconds, for answers without a Cache-Control header. Every thumbnail and every error answer has one. */
const DAY = 24 * 60 * 60;
const YEAR = 365 * DAY;

/**
 * Two requests with the same path and the same version `v` share one cached answer. No other query parameter is passed on:
 * some mean something to S3, and each new value would be cached as another thumbnail.
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
