/** Reads the items of a Distributed Map from S3, with the rights of its state machine, and puts them into batches. */

import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

export type Item = Record<string, unknown>;

/** The objects of a bucket, in the shape in which Step Functions hands them to children. */
export async function* listed(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<Item> {
  const query = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' } as const;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    for (const { Key = '', ETag, LastModified, Size, StorageClass } of Contents) {
      yield {
        Etag: ETag,
        Key: decodeURIComponent(Key.replaceAll('+', ' ')),
        LastModified: Math.floor((LastModified?.getTime() ?? 0) / 1_000),
        Size,
        StorageClass,
      };
    }
  }
}

interface Manifest {
  sourceBucket: string;
  fileFormat: string;
  fileSchema: string;
  files: { key: string }[];
}

/**
 * The rows of an S3 inventory in CSV, whose data files are in the bucket of the manifest:
 * docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 *
 * @throws Error for an inventory in another format
 */
export async function* inventoried(s3: S3Client, bucket: string, key: string): AsyncGenerator<Item> {
  const manifest = JSON.parse((await read(s3, bucket, key)).toString()) as Partial<Manifest>;
  if (manifest.fileFormat !== 'CSV' || !Array.isArray(manifest.files) || !manifest.fileSchema) {
    throw new Error(`Expected the manifest of an S3 inventory in CSV at s3://${bucket}/${key}`);
  }
  const columns = manifest.fileSchema.split(',').map((name) => name.trim());
  for (const { key: file } of manifest.files) {
    const bytes = await read(s3, bucket, file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    for (const line of text.split('\n').filter(Boolean)) {
      const values = [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
      );
      yield Object.fromEntries(columns.map((column, n) => [column, values[n]]));
    }
  }
}

async function read(s3: S3Client, Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

/**
 * Groups items, so that each group keeps to a number of them and to a number of bytes as JSON.
 *
 * @throws Error if one item alone has more bytes
 */
export async function* batched(
  items: AsyncIterable<Item>,
  most: { items: number; bytes: number; all: number },
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  let bytes = 0;
  let count = 0;
  for await (const item of items) {
    if (count++ >= most.all) break;
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (size > most.bytes)
      throw new Error(`Expected an item of at most ${most.bytes} bytes but received ${size}`);
    if (batch.length >= most.items || bytes + size > most.bytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
