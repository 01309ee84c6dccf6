import type { S3Client } from '@aws-sdk/client-s3';
import { escapedBeginnings, unescapeKey } from '../../contract/escape-key';
import { plural, printable } from '../../contract/text';
import type { Records } from '../lib/records';
import { type Version, versionsUnder } from '../lib/versions';
import { tally } from '../lib/words';
import type { ErasePorts } from './erase';
import type { Place } from './place';

/** What there is of an image. */
export interface Found {
  key: string;
  /** Undefined without a record. */
  status?: string;
  originals: number;
  thumbnails: number;
  copies: number;
}

export interface Selection {
  images: Found[];
  /** Objects that the workflow has nothing to do with, and that stay. */
  others: number;
}

/** One image, whatever there is of it. */
export async function named(key: string, place: Place, ports: ErasePorts): Promise<Selection> {
  const record = await ports.record(key);
  const originals = await ports.originals(key);
  const { thumbnails, copies } = await ports.made(key, record);
  const isImage = place.isProcessed(key) || record || thumbnails.length + copies.length > 0;
  if (!isImage) return { images: [], others: originals.length > 0 ? 1 : 0 };
  if (!record && originals.length + thumbnails.length + copies.length === 0) return { images: [], others: 0 };
  const found = { key, originals: 0, thumbnails: 0, copies: 0, ...(record && { status: record.status }) };
  return {
    images: [{ ...found, originals: count(originals), thumbnails: count(thumbnails), copies: count(copies) }],
    others: 0,
  };
}

/**
 * Every image whose key starts with a prefix, in the order of keys: what has an original, in any version, a thumbnail or a copy
 * in quarantine. The key of one that only has a record can't be found by its beginning.
 */
export async function under(
  prefix: string,
  place: Place,
  s3: S3Client,
  records: Pick<Records, 'findAll'>,
): Promise<Selection> {
  const found = new Map<string, Found>();
  const note = (key: string, kind: 'originals' | 'thumbnails' | 'copies', version: Version) => {
    const image = found.get(key) ?? { key, originals: 0, thumbnails: 0, copies: 0 };
    if (!version.isMarker) image[kind]++;
    found.set(key, image);
  };
  const { uploads, thumbnails, quarantine, thumbnailsPrefix } = place;
  const isThumbnail = (key: string) =>
    thumbnails === uploads && thumbnailsPrefix !== '' && key.startsWith(thumbnailsPrefix);
  for await (const page of versionsUnder(s3, uploads, prefix)) {
    for (const each of page) if (!isThumbnail(each.key)) note(each.key, 'originals', each);
  }
  for await (const page of versionsUnder(s3, quarantine, prefix)) {
    for (const each of page) note(each.key, 'copies', each);
  }
  for (const beginning of escapedBeginnings(prefix)) {
    for await (const page of versionsUnder(s3, thumbnails, thumbnailsPrefix + beginning)) {
      for (const each of page) {
        const key = sourceOf(each.key, thumbnailsPrefix);
        if (key?.startsWith(prefix)) note(key, 'thumbnails', each);
      }
    }
  }
  for (const { key, status } of await records.findAll([...found.keys()])) found.get(key)!.status = status;
  const all = [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  const images = all.filter(
    (image) => place.isProcessed(image.key) || image.status || image.thumbnails + image.copies > 0,
  );
  return { images, others: all.length - images.length };
}

/** @returns null if the key of the original was shortened */
const sourceOf = (key: string, prefix: string) => unescapeKey(key.slice(prefix.length, key.lastIndexOf('/')));

const count = (versions: Version[]) => versions.filter(({ isMarker }) => !isMarker).length;

/** How many images a description names. */
const SAMPLE = 10;

export function describe({ images, others }: Selection): string {
  const sum = (kind: 'originals' | 'thumbnails' | 'copies') =>
    images.reduce((total, image) => total + image[kind], 0);
  const statuses = tally(images.map(({ status = 'without a record' }) => status));
  return [
    `${plural(images.length, 'image')} to erase${statuses ? `: ${statuses}` : '.'}`,
    ...(images.length > 0 ? [`  ${contents(sum('originals'), sum('thumbnails'), sum('copies'))}`] : []),
    ...images.slice(0, SAMPLE).map(({ key }) => `  ${printable(key)}`),
    ...(images.length > SAMPLE ? [`  … and ${(images.length - SAMPLE).toLocaleString('en-US')} more`] : []),
    ...(others > 0
      ? [`${plural(others, 'object')} that the workflow does not process and has nothing of: not erased.`]
      : []),
  ].join('\n');
}

/** `2 versions of originals, 4 thumbnails, 1 copy in quarantine` */
export function contents(originals: number, thumbnails: number, copies: number): string {
  return [
    `${plural(originals, 'version')} of originals`,
    plural(thumbnails, 'thumbnail'),
    `${copies.toLocaleString('en-US')} ${copies === 1 ? 'copy' : 'copies'} in quarantine`,
  ].join(', ');
}
