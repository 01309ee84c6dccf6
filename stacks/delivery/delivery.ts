import {
  CloudfrontDistribution,
  type CloudfrontDistributionOrigin,
  type CloudfrontDistributionOriginGroup,
  type CloudfrontDistributionViewerCertificate,
} from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Settings } from '../settings/schema';
import type { Bucket } from '../storage/bucket';
import type { Place } from '../storage/place';
import { cachePolicy } from './cache-policy';
import { OnRequest } from './on-request';
import { RELEASED_BEFORE_DESTROYED } from './release-first';
import { responseHeadersPolicy } from './response-headers-policy';

export interface DeliveryProps {
  readonly settings: Settings['delivery'];
  /** What is global to the account is called this. */
  readonly name: string;
  readonly region: string;
  /** The bucket of the thumbnails, and the part of it that they are in. */
  readonly bucket: Bucket;
  readonly thumbnails: Place;
  /**
   * Makes what is not there, where that is a variant on request.
   * @default - what is not there is refused
   */
  readonly render?: WorkflowFunction;
}

const STORED = 'stored';
const MADE = 'made';
const STORED_OR_MADE = 'stored-or-made';

/** S3 says 403 of a key that isn't there to one who may not list the bucket, and 404 to others. */
const NOT_THERE = [403, 404];

/**
 * Every error that CloudFront keeps, by its own account, for 10 seconds at least: a miss would hide what is made in the
 * meantime. docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** CloudFront in front of the thumbnails, which stay private. */
export class Delivery extends Construct {
  /** Where thumbnails are, without a slash at the end. */
  readonly url: string;
  /** The domain that CloudFront gives the distribution. */
  readonly domainName: string;
  /** As CloudWatch knows it. */
  readonly distributionId: string;

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    const { settings, name, bucket, thumbnails, render } = props;
    const { domain } = settings;

    const onRequest = render && new OnRequest(this, 'on-request', { name, region: props.region, render });
    const distribution = new CloudfrontDistribution(this, 'distribution', {
      enabled: true,
      comment: name,
      aliases: domain && [domain.name],
      httpVersion: 'http2and3',
      isIpv6Enabled: true,
      priceClass: settings.priceClass,
      webAclId: settings.webAclArn,
      origin: [this.stored(name, bucket), ...(onRequest ? [onRequest.origin(MADE)] : [])],
      originGroup: onRequest && [storedOrMade],
      defaultCacheBehavior: {
        targetOriginId: onRequest ? STORED_OR_MADE : STORED,
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        cachePolicyId: cachePolicy(this, name).id,
        responseHeadersPolicyId: responseHeadersPolicy(this, name, settings.corsOrigins, domain !== undefined)
          .id,
        // Every URL that is given is https. A redirect would carry those that someone changed over the open net first.
        viewerProtocolPolicy: 'https-only',
        // Images are compressed already.
        compress: false,
      },
      customErrorResponse: ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
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
      // Not the bucket itself: who may list it would get its list of keys for the path "/".
      resources: [thumbnails.objectsArn],
      principals: [{ type: 'Service', identifiers: ['cloudfront.amazonaws.com'] }],
      condition: [{ test: 'StringEquals', variable: 'aws:SourceArn', values: [distribution.arn] }],
    });

    this.domainName = distribution.domainName;
    this.distributionId = distribution.id;
    this.url = `https://${domain?.name ?? distribution.domainName}`;
  }

  private stored(name: string, bucket: Bucket): CloudfrontDistributionOrigin {
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

/** Its own domain takes TLS 1.0 too, and CloudFront lets nobody forbid it. */
function certificateFor(domain: Settings['delivery']['domain']): CloudfrontDistributionViewerCertificate {
  return domain
    ? {
        acmCertificateArn: domain.certificateArn,
        minimumProtocolVersion: 'TLSv1.2_2021',
        sslSupportMethod: 'sni-only',
      }
    : { cloudfrontDefaultCertificate: true };
}
