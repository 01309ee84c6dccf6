import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicyCorsConfig,
} from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import type { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';

const YEAR = 365 * 24 * 60 * 60;

/**
 * Only images are delivered. If a browser took one for a page, that page could run no script, load nothing, and would have
 * an origin of its own. Browsers need styles to lay out an image that is opened by itself.
 */
const IMAGES_ONLY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * @param origins whose scripts may read thumbnails
 * @param ownDomain whether the settings name the domain, rather than CloudFront
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
      // A domain from the settings serves only images, so its subdomains can be included. CloudFront's own domain
      // belongs to everyone who uses CloudFront.
      strictTransportSecurity: {
        accessControlMaxAgeSec: YEAR,
        includeSubdomains: ownDomain,
        preload: ownDomain,
        override: true,
      },
    },
    corsConfig: origins.length > 0 ? corsFor(origins) : undefined,
  });
}

const corsFor = (origins: string[]): CloudfrontResponseHeadersPolicyCorsConfig => ({
  accessControlAllowOrigins: { items: origins },
  accessControlAllowMethods: { items: ['GET', 'HEAD'] },
  accessControlAllowHeaders: { items: ['*'] },
  accessControlAllowCredentials: false,
  originOverride: true,
});
