import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StoredRecord } from '../lib/records';

export interface Place {
  bucket: string;
  key: string;
}

/** Removes every version of an object, and every delete marker. In a bucket without versions that is the object. */
export async function removeAllVersions(s3: S3Client, { bucket, key }: Place): Promise<void> {
  for (;;) {
    // Keys that begin with this one come after it, so everything left of it is on the first page.
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
    );
    const left = [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === key);
    if (left.length === 0) return;
    for (const { VersionId } of left) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
    }
  }
}

/**
 * Everything that a run may have made from an image, besides its record. A copy in quarantine exists, under the same key,
 * before the record mentions it.
 */
export function madeOf(
  { key }: Place,
  record: StoredRecord | null,
  buckets: { thumbnails: string; quarantine: string },
): Place[] {
  const thumbnails = [...(record?.thumbnailKeys ?? [])];
  return [
    ...thumbnails.map((thumbnail) => ({ bucket: buckets.thumbnails, key: thumbnail })),
    { bucket: buckets.quarantine, key },
  ];
}

export async function removeRecord(dynamodb: DynamoDBClient, TableName: string, id: string): Promise<void> {
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));
}
