import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicyCorsConfig,
} from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import type { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from './release-first';

const YEAR = 365 * 24 * 60 * 60;

/**
 * Whatever is delivered is an image and nothing else: where a browser would see a page in it, it can run no script, load
 * nothing and has an origin of its own. Styles are how browsers lay out an image that is opened by itself.
 */
const IMAGES_ONLY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * @param origins whose scripts may read thumbnails
 * @param ownDomain whether thumbnails are delivered at a domain of the settings rather than at one of CloudFront's
 */
export function responseHeadersPolicy(
  scope: Construct,
  name: string,
  origins: string[],
  ownDomain: boolean,
): CloudfrontResponseHeadersPolicy {
  return new CloudfrontResponseHeadersPolicy(scope, 'response-headers-policy', {
    name,
    lifecycle: RELEASED_BEFORE_DESTROYED,
    comment: 'Images and nothing else, over HTTPS.',
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: IMAGES_ONLY, override: true },
      // A domain of the settings serves images alone, so what lies below it can be bound with it. Not so the domain
      // of CloudFront, which is not the stack's.
      strictTransportSecurity: {
        accessControlMaxAgeSec: YEAR,
        includeSubdomains: ownDomain,
        preload: ownDomain,
        override: true,
      },
    },
    corsConfig: origins.length > 0 ? readableFor(origins) : undefined,
  });
}

const readableFor = (origins: string[]): CloudfrontResponseHeadersPolicyCorsConfig => ({
  accessControlAllowOrigins: { items: origins },
  accessControlAllowMethods: { items: ['GET', 'HEAD'] },
  accessControlAllowHeaders: { items: ['*'] },
  accessControlAllowCredentials: false,
  originOverride: true,
});
