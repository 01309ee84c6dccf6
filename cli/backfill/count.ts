/** What there is to look at: how many objects are named like images, and how large they are. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../lib/command';

export interface Found {
  /** Objects that a run would look at. */
  objects: number;
  /** Those of them that are named like images and were changed late enough. */
  images: number;
  /** Of the images. */
  bytes: number;
  /** Keys of some images, spread evenly. */
  sample: string[];
}

export interface Where {
  bucket: string;
  prefix: string;
  /** Start of the keys that the workflow takes. */
  uploadsPrefix: string;
  suffixes: readonly string[];
  /** ISO 8601; empty for any. */
  since: string;
  limit: number;
}

interface Listed {
  key: string;
  bytes: number;
  modified?: Date;
}

/** Images whose records are read to learn how many have thumbnails already. */
const SAMPLE = 200;

export async function count(objects: AsyncIterable<Listed>, where: Where): Promise<Found> {
  const found: Found = { objects: 0, images: 0, bytes: 0, sample: [] };
  const since = where.since === '' ? 0 : Date.parse(where.since);
  for await (const { key, bytes, modified } of objects) {
    if (found.objects >= where.limit) break;
    found.objects++;
    if (!isNamedLikeAnImage(key, where) || (modified && modified.getTime() < since)) continue;
    found.images++;
    found.bytes += bytes;
    // Every image is in the sample with the same chance, however many there are.
    const place =
      found.sample.length < SAMPLE ? found.sample.length : Math.floor(Math.random() * found.images);
    if (place < SAMPLE) found.sample[place] = key;
  }
  return found;
}

function isNamedLikeAnImage(key: string, { uploadsPrefix, suffixes }: Where): boolean {
  const name = key.toLowerCase();
  return key.startsWith(uploadsPrefix) && suffixes.some((suffix) => name.endsWith(`.${suffix}`));
}

export async function* listed(s3: S3Client, { bucket, prefix }: Where): AsyncGenerator<Listed> {
  const query = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' } as const;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, query)) {
    for (const { Key = '', Size = 0, LastModified } of Contents) {
      yield { key: decodeURIComponent(Key.replaceAll('+', ' ')), bytes: Size, modified: LastModified };
    }
  }
}

interface Manifest {
  sourceBucket?: string;
  fileFormat?: string;
  fileSchema?: string;
  files?: { key: string }[];
}

/** Bucket and key of `s3://bucket/key`. @throws UsageError */
export function locationIn(url: string): { bucket: string; key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (bucket && key?.endsWith('manifest.json')) return { bucket, key };
  throw new UsageError(
    `Expected the address of a manifest.json such as s3://inventories/uploads/all/2026-11-29T01-00Z/manifest.json for --inventory but received "${url}"`,
  );
}

/**
 * The objects in an inventory: docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 *
 * @throws UsageError for an inventory of another bucket, or in a format that a backfill can't count
 */
export async function* inventoried(
  s3: S3Client,
  at: { bucket: string; key: string },
  { bucket, prefix }: Where,
): AsyncGenerator<Listed> {
  const manifest = await manifestAt(s3, at);
  if (manifest.sourceBucket !== bucket) {
    throw new UsageError(
      `Expected an inventory of the bucket ${bucket} but s3://${at.bucket}/${at.key} is of ${manifest.sourceBucket ?? 'no bucket'}`,
    );
  }
  if (manifest.fileFormat !== 'CSV' || !manifest.fileSchema || !manifest.files) {
    throw new UsageError(
      `Expected an inventory in CSV but s3://${at.bucket}/${at.key} is of ${manifest.fileFormat ?? 'no format'}`,
    );
  }
  const columns = manifest.fileSchema.split(',').map((name) => name.trim());
  const [keyAt, sizeAt, modifiedAt] = ['Key', 'Size', 'LastModifiedDate'].map((name) =>
    columns.indexOf(name),
  );
  for (const { key } of manifest.files) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: at.bucket, Key: key }));
    const bytes = Body as Readable;
    for await (const line of createInterface({
      input: key.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes,
    })) {
      const values = [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, value]) => value ?? '');
      const name = decodeURIComponent((values[keyAt!] ?? '').replaceAll('+', ' '));
      if (!name.startsWith(prefix)) continue;
      const modified = values[modifiedAt!];
      yield {
        key: name,
        bytes: Number(values[sizeAt!] ?? 0),
        ...(modified && { modified: new Date(modified) }),
      };
    }
  }
}

async function manifestAt(s3: S3Client, { bucket, key }: { bucket: string; key: string }): Promise<Manifest> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const text = await Body!.transformToString();
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    throw new UsageError(
      `Expected the manifest of an S3 Inventory at s3://${bucket}/${key} but it is not JSON`,
    );
  }
}
