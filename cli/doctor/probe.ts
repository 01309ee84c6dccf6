import { randomUUID } from 'node:crypto';
import {
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import sharp, { type FormatEnum } from 'sharp';
import type { Clock } from '../lib/clock';
import type { Records, StoredRecord } from '../lib/records';

/** A small image that is uploaded to see what happens to it. */
export interface Probe {
  bucket: string;
  key: string;
}

/** Formats by suffix of a key; with any other suffix the probe is a JPEG. */
const FORMATS: Record<string, keyof FormatEnum> = {
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  tif: 'tiff',
  tiff: 'tiff',
};

/** A key that nobody else uses. @param suffix one that starts the workflow, without its dot */
export function probeKey(prefix: string, suffix: string): string {
  return `${prefix}doctor-${randomUUID()}.${suffix}`;
}

/** @returns the version id, in a bucket with versions */
export async function upload(s3: S3Client, { bucket, key }: Probe): Promise<string | undefined> {
  const format = FORMATS[key.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'jpeg';
  const background = { r: 178, g: 90, b: 49 };
  const image = sharp({ create: { width: 64, height: 48, channels: 3, background } }).toFormat(format);
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: await image.toBuffer() });
  return (await s3.send(put)).VersionId;
}

/** How often the record is read, in milliseconds. */
const INTERVAL = 500;

export interface Patience {
  /** When to give up, by the clock. */
  until: number;
  /** Ends the waiting early. */
  signal?: AbortSignal;
  /** Called now and then with what is being waited for. */
  waiting(what: string): void;
  clock: Clock;
}

/** Waits until the record satisfies a condition. @returns the record as it was read last, whether it does or not */
export async function recordOnce(
  satisfies: (record: StoredRecord) => boolean,
  what: string,
  { key }: Probe,
  records: Pick<Records, 'find'>,
  { until, signal, waiting, clock }: Patience,
): Promise<StoredRecord | null> {
  for (;;) {
    const record = await records.find(key);
    const left = until - clock.now();
    if ((record && satisfies(record)) || left <= 0 || signal?.aborted) return record;
    waiting(what);
    await clock.wait(Math.min(INTERVAL, Math.max(1, left)), signal);
  }
}

/** Whether there is an object. */
export async function exists(s3: S3Client, object: { bucket: string; key: string }): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: object.bucket, Key: object.key }));
    return true;
  } catch (error) {
    if ((error as S3ServiceException).$metadata?.httpStatusCode === 404) return false;
    throw error;
  }
}
