import path from 'node:path';
import { createDynamoDB, type DynamoDB } from '../dynamodb';
import type { Kms } from '../kms';
import { createS3, type S3, type S3Options } from '../s3';
import type { Context } from './context';

export async function openDynamoDB(
  { stack, dataDir, region, account, gate, shutdown }: Context,
  kms: Kms,
): Promise<DynamoDB> {
  const dynamodb = await createDynamoDB({
    dataDir,
    region,
    account,
    gate,
    tables: stack.tables,
    useKey: kms.through('dynamodb'),
  });
  shutdown.on('dynamodb', () => dynamodb.close());
  return dynamodb;
}

export interface BucketUsers {
  kms: Kms;
  /** Takes an event before its change happens. */
  announce: S3Options['announce'];
  /** Origins of pages that may send forms to every bucket. */
  origins: ReadonlySet<string>;
}

export function openS3(
  { stack, dataDir, region, account, gate, principals, shutdown }: Context,
  { kms, announce, origins }: BucketUsers,
): S3 {
  const s3 = createS3({
    dataDir: path.join(dataDir, 's3'),
    region,
    account,
    gate,
    buckets: stack.buckets,
    useKey: kms.through('s3'),
    findKey: kms.find,
    find: principals.find,
    origins,
    announce,
  });
  shutdown.on('s3', () => s3.close());
  return s3;
}
