import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Records, StoredRecord } from '../lib/records';

/** An image to replay, as it was recorded when it was selected. */
export interface Chosen {
  key: string;
  status: StoredRecord['status'];
  /** Name of the error, if it is FAILED. */
  error?: string;
}

export interface Selection {
  images: Chosen[];
  /** How many objects have no record: they are not named like images, or their event never arrived. */
  unrecorded: number;
}

/** Every image whose key starts with a prefix, in the order of keys. Deleted objects are not among them. */
export async function under(
  prefix: string,
  bucket: string,
  s3: S3Client,
  records: Records,
): Promise<Selection> {
  const images: Chosen[] = [];
  let unrecorded = 0;
  // Keys may hold characters that XML cannot.
  const query = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' } as const;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    const keys = Contents.map(({ Key }) => decodeURIComponent((Key as string).replaceAll('+', ' ')));
    const found = await records.findAll(keys);
    images.push(...found.map(chosen));
    unrecorded += keys.length - found.length;
  }
  return { images: images.sort((one, other) => (one.key < other.key ? -1 : 1)), unrecorded };
}

/** Every image that has been FAILED since a moment or later, oldest first. @param since ISO 8601 in UTC */
export async function failedSince(since: string, records: Records): Promise<Selection> {
  return { images: (await records.failedSince(since)).map(chosen), unrecorded: 0 };
}

export async function named(key: string, records: Records): Promise<Selection> {
  const record = await records.find(key);
  return { images: record ? [chosen(record)] : [], unrecorded: record ? 0 : 1 };
}

function chosen({ key, status, error }: StoredRecord): Chosen {
  return { key, status, ...(error && { error: error.name }) };
}
