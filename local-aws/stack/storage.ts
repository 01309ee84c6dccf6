/** Builds what holds data, each from one resource of the stack: buckets, log groups, tables, topics and queues. */
import { json, single, text } from './arguments';
import type { Block } from './block';
import type { Keyring } from './keys';
import type { Bucket, BucketEncryption, LogGroup, Queue, QueueAttributes, Table, Topic } from './model';
import { createTableInput } from './table';

export function bucket(block: Block): Bucket {
  return { name: text(block, 'bucket'), arn: text(block, 'arn'), versioning: false, eventBridge: false };
}

/**
 * @param block an `aws_s3_bucket_server_side_encryption_configuration`
 * @returns undefined where S3 encrypts with its own key
 */
export function bucketEncryption(block: Block, keys: Keyring): BucketEncryption | undefined {
  const rule = single(block.get('rule'));
  const byDefault = single(rule['apply_server_side_encryption_by_default']);
  const algorithm = byDefault['sse_algorithm'] ?? 'AES256';
  if (algorithm === 'AES256') return undefined;
  if (algorithm !== 'aws:kms') {
    throw new Error(`Expected AES256 or aws:kms for sse_algorithm but received ${JSON.stringify(algorithm)}`);
  }
  return {
    key: keys.arnOf(String(byDefault['kms_master_key_id'] ?? 'alias/aws/s3')),
    bucketKey: rule['bucket_key_enabled'] === true,
  };
}

/** The key that an argument names, if any, to be spread into the resource. */
function keyNamed(reference: unknown, keys: Keyring): { key?: string } {
  return reference === undefined ? {} : { key: keys.arnOf(String(reference)) };
}

export function logGroup(block: Block, keys: Keyring): LogGroup {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    ...keyNamed(block.get('kms_key_id'), keys),
  };
}

export function table(block: Block, keys: Keyring): Table {
  const ttl = single(block.get('ttl'));
  const encryption = single(block.get('server_side_encryption'));
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    create: createTableInput(block.get),
    ...(ttl['enabled'] === true && { timeToLive: String(ttl['attribute_name']) }),
    ...(encryption['enabled'] === true && keyNamed(encryption['kms_key_arn'] ?? 'alias/aws/dynamodb', keys)),
  };
}

export function topic(block: Block, keys: Keyring): Topic {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    subscriptions: [],
    ...keyNamed(block.get('kms_master_key_id'), keys),
  };
}

export function queue(block: Block, keys: Keyring): Queue {
  const redrive = block.get('redrive_policy');
  const attributes = {
    VisibilityTimeout: seconds(block, 'visibility_timeout_seconds'),
    DelaySeconds: seconds(block, 'delay_seconds'),
    MessageRetentionPeriod: seconds(block, 'message_retention_seconds'),
    RedrivePolicy: redrive === undefined ? undefined : redrivePolicy(redrive),
  };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    url: text(block, 'url'),
    attributes: Object.fromEntries(given),
    ...keyNamed(block.get('kms_master_key_id'), keys),
  };
}

function seconds(block: Block, argument: string): number | undefined {
  const value = block.get(argument);
  if (value === undefined || typeof value === 'number') return value;
  throw new Error(`Expected a number of seconds for ${argument} but received ${JSON.stringify(value)}`);
}

function redrivePolicy(value: unknown): QueueAttributes['RedrivePolicy'] {
  const { deadLetterTargetArn, maxReceiveCount } = json(value);
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}
