import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicyCorsConfig,
} from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import type { Construct } from 'constructs';

const YEAR = 365 * 24 * 60 * 60;

/**
 * Whatever is delivered is an image and nothing else: where a browser would see a page in it, it can run no script, load
 * nothing and has an origin of its own. Styles are how browsers lay out an image that is opened by itself.
 */
const IMAGES_ONLY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** @param origins whose scripts may read thumbnails */
export function responseHeadersPolicy(
  scope: Construct,
  name: string,
  origins: string[],
): CloudfrontResponseHeadersPolicy {
  return new CloudfrontResponseHeadersPolicy(scope, 'response-headers-policy', {
    name,
    comment: 'Images and nothing else, over HTTPS.',
    securityHeadersConfig: {
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: IMAGES_ONLY, override: true },
      // Of this host alone: a domain above it is not the stack's to bind.
      strictTransportSecurity: { accessControlMaxAgeSec: YEAR, includeSubdomains: false, override: true },
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
