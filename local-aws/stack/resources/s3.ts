import { type Attribute, PARTITION, type ResourceTypes, same } from './type';

export const bucketAttributes: Record<string, Attribute> = {
  id: same('bucket'),
  arn: (get) => `arn:${PARTITION}:s3:::${get('bucket')}`,
  bucket_domain_name: (get) => `${get('bucket')}.s3.amazonaws.com`,
  bucket_regional_domain_name: (get, place) => `${get('bucket')}.s3.${place.region}.amazonaws.com`,
};

export const S3: ResourceTypes = {
  aws_s3_bucket: {
    arguments: ['bucket', 'force_destroy'],
    attributes: bucketAttributes,
  },
  aws_s3_bucket_versioning: {
    arguments: ['bucket', 'versioning_configuration'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_cors_configuration: {
    arguments: ['bucket', 'cors_rule'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_notification: {
    arguments: ['bucket', 'eventbridge'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_policy: { arguments: ['bucket', 'policy'], attributes: { id: same('bucket') } },
  aws_s3_bucket_public_access_block: { noEffect: 'nothing is public on 127.0.0.1' },
  aws_s3_bucket_ownership_controls: { noEffect: 'there is one account and there are no ACLs' },
  aws_s3_bucket_server_side_encryption_configuration: {
    arguments: ['bucket', 'rule'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_logging: { noEffect: 'the bucket that takes the logs is outside the stack' },
  aws_s3_bucket_lifecycle_configuration: {
    noEffect: 'expiry takes days, and nothing expires here',
  },
};
