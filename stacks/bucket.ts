import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';

/** Days after which the parts of an upload that was never completed are deleted: nothing else shows or removes them. */
const ABORT_MULTIPART_DAYS = 7;

/** Days that a replaced or deleted version can still be read. */
const NONCURRENT_DAYS = 30;

export interface BucketProps {
  /** Globally unique name, at most 63 characters. */
  readonly name: string;
  /**
   * Whether replaced and deleted objects stay readable for 30 days.
   * @default false
   */
  readonly versioned?: boolean;
  /**
   * Whether the bucket sends its events to EventBridge.
   * @default false
   */
  readonly events?: boolean;
  /** Whether destroy deletes what the bucket holds. */
  readonly emptyOnDestroy: boolean;
}

/** A private bucket: no public access, no ACLs, TLS only, encrypted, and tidied of abandoned uploads. */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;
  /** ARN of every object in the bucket. */
  readonly objectsArn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);

    const resource = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: props.emptyOnDestroy,
    });
    const bucket = resource.id;
    this.name = resource.bucket;
    this.arn = resource.arn;
    this.objectsArn = `${resource.arn}/*`;

    const publicAccess = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    // SSE-S3: free, and readable by whoever may read the object, so no grant on a key has to be kept in step.
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
    this.requireTls(bucket, publicAccess);

    const versioning = props.versioned
      ? new S3BucketVersioningA(this, 'versioning', {
          bucket,
          versioningConfiguration: { status: 'Enabled' },
        })
      : undefined;
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'abort-incomplete-uploads',
          status: 'Enabled',
          filter: [{}],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_MULTIPART_DAYS }],
        },
        ...(versioning ? [expireNoncurrentVersions] : []),
      ],
      dependsOn: versioning && [versioning],
    });

    if (props.events) new S3BucketNotification(this, 'events', { bucket, eventbridge: true });
  }

  private requireTls(bucket: string, publicAccess: S3BucketPublicAccessBlock): void {
    const document = new DataAwsIamPolicyDocument(this, 'tls-only', {
      statement: [
        {
          sid: 'RefuseUnencryptedConnections',
          effect: 'Deny',
          actions: ['s3:*'],
          resources: [this.arn, this.objectsArn],
          principals: [{ type: '*', identifiers: ['*'] }],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
    new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: document.json,
      // S3 refuses concurrent changes of a bucket's policy and of its public access block.
      dependsOn: [publicAccess],
    });
  }
}

/** Also removes delete markers that have nothing left to hide. */
const expireNoncurrentVersions = {
  id: 'expire-noncurrent-versions',
  status: 'Enabled',
  filter: [{}],
  noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
  expiration: [{ expiredObjectDeleteMarker: true }],
};
