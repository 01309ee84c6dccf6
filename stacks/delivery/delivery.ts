import {
  CloudfrontDistribution,
  type CloudfrontDistributionOrigin,
  type CloudfrontDistributionOriginGroup,
  type CloudfrontDistributionViewerCertificate,
} from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';
import type { Settings } from '../settings/schema';
import type { Bucket } from '../storage/bucket';
import type { Place } from '../storage/place';
import { cachePolicy } from './cache-policy';
import { OnRequest } from './on-request';
import { responseHeadersPolicy } from './response-headers-policy';
import { TrustedKeys } from './trusted-keys';

export interface DeliveryProps {
  readonly settings: Settings['delivery'];
  /** Name of the resources that are global to the account. */
  readonly name: string;
  readonly region: string;
  /** The bucket that the thumbnails are in, and which part of it. */
  readonly bucket: Bucket;
  readonly thumbnails: Place;
  /**
   * Makes variants that do not exist yet.
   * @default - a request for a thumbnail that does not exist is refused
   */
  readonly render?: WorkflowFunction;
}

const STORED = 'stored';
const MADE = 'made';
const STORED_OR_MADE = 'stored-or-made';

/** S3 answers 403 for a key that doesn't exist if the caller may not list the bucket, and 404 otherwise. */
const NOT_THERE = [403, 404];

/**
 * Every error that CloudFront caches for at least 10 seconds by default. That would hide a thumbnail that is made in the
 * meantime, so none is cached. docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** CloudFront in front of the thumbnails, which stay private. */
export class Delivery extends Construct {
  /** Where thumbnails are, without a slash at the end. */
  readonly url: string;
  /** The domain that CloudFront gives the distribution. */
  readonly domainName: string;
  /** Its id in CloudWatch's metrics. */
  readonly distributionId: string;
  /**
   * The keys that may sign for viewers.
   * @default - viewers need no signature
   */
  readonly trustedKeys?: TrustedKeys;

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    const { settings, name, bucket, thumbnails, render } = props;
    const { domain, signing } = settings;

    const onRequest = render && new OnRequest(this, 'on-request', { name, region: props.region, render });
    this.trustedKeys = signing && new TrustedKeys(this, 'viewers', { name, publicKeys: signing.publicKeys });
    const distribution = new CloudfrontDistribution(this, 'distribution', {
      enabled: true,
      comment: name,
      aliases: domain && [domain.name],
      httpVersion: 'http2and3',
      isIpv6Enabled: true,
      priceClass: settings.priceClass,
      webAclId: settings.webAclArn,
      origin: [this.storedOrigin(name, bucket), ...(onRequest ? [onRequest.origin(MADE)] : [])],
      originGroup: onRequest && [storedOrMade],
      defaultCacheBehavior: {
        targetOriginId: onRequest ? STORED_OR_MADE : STORED,
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        cachePolicyId: cachePolicy(this, name).id,
        responseHeadersPolicyId: responseHeadersPolicy(this, name, settings.corsOrigins, domain !== undefined)
          .id,
        // Every URL that the workflow gives out is https. With a redirect, a URL changed to http would first travel unencrypted.
        viewerProtocolPolicy: 'https-only',
        // Images are compressed already.
        compress: false,
        trustedKeyGroups: this.trustedKeys && [this.trustedKeys.groupId],
      },
      customErrorResponse: CACHED_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      loggingConfig: settings.accessLogsBucket
        ? {
            bucket: `${settings.accessLogsBucket}.s3.amazonaws.com`,
            prefix: `${name}/`,
            includeCookies: false,
          }
        : undefined,
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      viewerCertificate: certificateFor(domain),
    });
    onRequest?.allow(distribution);
    bucket.allow({
      sid: 'DistributionReadsThumbnails',
      actions: ['s3:GetObject'],
      // Not the bucket itself: with permission to list it, the path "/" would return its keys.
      resources: [thumbnails.objectsArn],
      principals: [{ type: 'Service', identifiers: ['cloudfront.amazonaws.com'] }],
      condition: [{ test: 'StringEquals', variable: 'aws:SourceArn', values: [distribution.arn] }],
    });

    this.domainName = distribution.domainName;
    this.distributionId = distribution.id;
    this.url = `https://${domain?.name ?? distribution.domainName}`;
  }

  private storedOrigin(name: string, bucket: Bucket): CloudfrontDistributionOrigin {
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name: `${name}-thumbnails`,
      description: 'CloudFront signs what it asks of the thumbnails bucket.',
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
      lifecycle: RELEASED_BEFORE_DESTROYED,
    });
    return {
      originId: STORED,
      domainName: bucket.regionalDomainName,
      originAccessControlId: access.id,
    };
  }
}

const storedOrMade: CloudfrontDistributionOriginGroup = {
  originId: STORED_OR_MADE,
  failoverCriteria: { statusCodes: NOT_THERE },
  member: [{ originId: STORED }, { originId: MADE }],
};

/** On its own domain CloudFront also accepts TLS 1.0, and no setting changes that. */
function certificateFor(domain: Settings['delivery']['domain']): CloudfrontDistributionViewerCertificate {
  return domain
    ? {
        acmCertificateArn: domain.certificateArn,
        minimumProtocolVersion: 'TLSv1.2_2021',
        sslSupportMethod: 'sni-only',
      }
    : { cloudfrontDefaultCertificate: true };
}
