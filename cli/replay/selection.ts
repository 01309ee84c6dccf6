import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { isInert } from '../../contract/replay-command';
import { plural, printable } from '../../contract/text';
import type { Records, StoredRecord } from '../lib/records';
import { failureOf } from './replay';

/** An image to replay, as it was recorded when it was selected. */
export interface Chosen {
  key: string;
  status: StoredRecord['status'];
  /** Name of the error, if it is FAILED or its last rerun failed. */
  error?: string;
}

export interface Selection {
  images: Chosen[];
  /** What a person has to know of objects that are not among the images. */
  note?: string;
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
  return {
    images: images.sort((one, other) => (one.key < other.key ? -1 : 1)),
    ...(unrecorded > 0 && {
      note: `${plural(unrecorded, 'object')} without a record: not named like an image, or the event never arrived.`,
    }),
  };
}

/** Every image that has been FAILED since a moment or later, oldest first. @param since ISO 8601 in UTC */
export async function failedSince(since: string, records: Records): Promise<Selection> {
  return { images: (await records.failedSince(since)).map(chosen) };
}

/** One image. @param exists asks S3, in case that there is no record, whether there is an object */
export async function named(
  key: string,
  bucket: string,
  records: Pick<Records, 'find'>,
  exists: () => Promise<boolean>,
): Promise<Selection> {
  const record = await records.find(key);
  if (record) return { images: [chosen(record)] };
  const url = `s3://${bucket}/${key}`;
  // A command with any other key is not to be copied from here: each shell has its own rules for what is in quotes.
  const again = isInert(key)
    ? ` To send another event:\n  aws s3 cp ${url} ${url} --metadata-directive REPLACE`
    : ' To send another event, copy the object onto itself in the S3 console.';
  const note = (await exists())
    ? `${printable(url)} has no record: it is not named like an image, or its event never arrived.${again}`
    : `There is no object ${printable(url)}, and no record of one. Is the key right? Letter case counts, and it begins without a slash.`;
  return { images: [], note };
}

function chosen(record: StoredRecord): Chosen {
  const { key, status } = record;
  const failure = failureOf(record);
  return { key, status, ...(failure && { error: failure.name }) };
}
