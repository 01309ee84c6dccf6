import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import {
  S3BucketCorsConfiguration,
  type S3BucketCorsConfigurationCorsRule,
} from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import type { Key } from '../security/key';
import type { Statement } from '../security/statement';

/** Days after which the parts of an upload that was never completed are deleted. Nothing else lists or removes them. */
const ABORT_MULTIPART_DAYS = 7;

export interface Transition {
  storageClass: string;
  days: number;
  /** Start of the keys that move, empty for all. Thumbnails in the same bucket stay, because they are read often. */
  prefix: string;
}

export interface BucketProps {
  /** Globally unique name, at most 63 characters. */
  readonly name: string;
  /**
   * Days that a replaced or deleted object can still be read, as a noncurrent version.
   * @default - the bucket keeps no versions, so the object is gone at once
   */
  readonly noncurrentDays?: number;
  /**
   * Days after which an object is deleted.
   * @default - it stays
   */
  readonly expireDays?: number;
  /**
   * Storage class that objects move to, and after how many days.
   * @default - they stay in the standard class
   */
  readonly transition?: Transition;
  /**
   * Whether the bucket sends its events to EventBridge.
   * @default false
   */
  readonly events?: boolean;
  /**
   * Name of the bucket to which S3 writes a log of the requests to this one, with the name of this one as the prefix.
   * @default - S3 writes no such log
   */
  readonly accessLogsBucket?: string;
  /**
   * What web pages of other origins may do.
   * @default - nothing
   */
  readonly cors?: S3BucketCorsConfigurationCorsRule;
  /**
   * Encrypts the objects. Readers and writers then need permission to use it.
   * @default - the key of S3, which is free and needs no permission
   */
  readonly key?: Key;
  /**
   * Refuses objects that the roles of the stack could not read, rather than let each of them fail after it is uploaded.
   * @default - S3 takes whatever the permissions of the uploader allow
   */
  readonly readable?: Readable;
  /** Whether destroy deletes the objects in the bucket. */
  readonly emptyOnDestroy: boolean;
}

/** What the roles can read. */
export interface Readable {
  /**
   * The only key that an upload may name.
   * @default - none: an upload may name no key
   */
  readonly key?: Key;
}

/** A private, encrypted bucket: no public access, no ACLs, TLS only. Uploads that were never completed are deleted. */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;
  /** ARN of every object in the bucket. */
  readonly objectsArn: string;
  /** Domain at which CloudFront reads the bucket. */
  readonly regionalDomainName: string;
  private readonly access: DataAwsIamPolicyDocument;
  private readonly statements: Statement[];

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
    this.regionalDomainName = resource.bucketRegionalDomainName;

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
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        props.key
          ? encryptedWith(props.key)
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
      ],
    });
    this.statements = [
      refuseUnencryptedConnections([this.arn, this.objectsArn]),
      ...(props.readable ? refuseUnreadable(this.objectsArn, props.readable) : []),
    ];
    this.access = this.restrict(bucket, publicAccess);

    const versioning = props.noncurrentDays
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
        ...(props.noncurrentDays ? [expireNoncurrentVersions(props.noncurrentDays)] : []),
        ...(props.expireDays ? [expire(props.expireDays)] : []),
        ...(props.transition ? [move(props.transition)] : []),
      ],
      dependsOn: versioning && [versioning],
    });

    if (props.accessLogsBucket) {
      const { accessLogsBucket: targetBucket, name } = props;
      new S3BucketLoggingA(this, 'access-logs', { bucket, targetBucket, targetPrefix: `${name}/` });
    }
    if (props.events) new S3BucketNotification(this, 'events', { bucket, eventbridge: true });
    if (props.cors) new S3BucketCorsConfiguration(this, 'cors', { bucket, corsRule: [props.cors] });
  }

  /** Lets another service use the bucket. Roles of the account need no entry here, only a policy of their own. */
  allow(statement: Statement): void {
    this.statements.push(statement);
    this.access.putStatement(this.statements);
  }

  private restrict(bucket: string, publicAccess: S3BucketPublicAccessBlock): DataAwsIamPolicyDocument {
    const document = new DataAwsIamPolicyDocument(this, 'tls-only', { statement: this.statements });
    new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: document.json,
      // S3 refuses to change a bucket's policy and its public access block at the same time.
      dependsOn: [publicAccess],
    });
    return document;
  }
}

const refuseUnencryptedConnections = (resources: string[]): Statement => ({
  sid: 'RefuseUnencryptedConnections',
  effect: 'Deny',
  actions: ['s3:*'],
  resources,
  principals: [{ type: '*', identifiers: ['*'] }],
  condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
});

/**
 * Each condition is about a header that an ordinary upload doesn't have. An operator that is negated also holds if there is no such
 * header, so it needs `Null` beside it. `s3:PutObject` covers copies, forms, and each request of an upload in parts.
 *
 * Encryption with `aws:kms` that names no key passes: everyone in the account can use the key that S3 then takes. So do classes that are
 * read at once, such as GLACIER_IR.
 */
function refuseUnreadable(objects: string, { key }: Readable): Statement[] {
  const refuse = (sid: string, condition: Statement['condition']): Statement => ({
    sid,
    effect: 'Deny',
    actions: ['s3:PutObject'],
    resources: [objects],
    principals: [{ type: '*', identifiers: ['*'] }],
    condition,
  });
  const named = (header: string) => ({ test: 'Null', variable: `s3:${header}`, values: ['false'] });
  const keyId = 'x-amz-server-side-encryption-aws-kms-key-id';
  return [
    refuse('RefuseOtherKeys', [
      named(keyId),
      ...(key ? [{ test: 'StringNotEquals', variable: `s3:${keyId}`, values: [key.arn] }] : []),
    ]),
    // S3 doesn't keep such a key. New buckets refuse it by default since April 2026, unless somebody has turned that off.
    refuse('RefuseKeysOfUploaders', [named('x-amz-server-side-encryption-customer-algorithm')]),
    refuse('RefuseArchives', [
      { test: 'StringEquals', variable: 's3:x-amz-storage-class', values: ['GLACIER', 'DEEP_ARCHIVE'] },
    ]),
  ];
}

/** With a bucket key, S3 calls KMS once for many objects. Without one, each read and write is a KMS request to pay for. */
const encryptedWith = (key: Key) => ({
  applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn },
  bucketKeyEnabled: true,
});

/** Also removes delete markers that hide no version any more. */
const expireNoncurrentVersions = (noncurrentDays: number) => ({
  id: 'expire-noncurrent-versions',
  status: 'Enabled',
  filter: [{}],
  noncurrentVersionExpiration: [{ noncurrentDays }],
  expiration: [{ expiredObjectDeleteMarker: true }],
});

const expire = (days: number) => ({
  id: 'expire',
  status: 'Enabled',
  filter: [{}],
  expiration: [{ days }],
});

const move = ({ prefix, ...transition }: Transition) => ({
  id: 'move',
  status: 'Enabled',
  filter: [prefix ? { prefix } : {}],
  transition: [transition],
});
