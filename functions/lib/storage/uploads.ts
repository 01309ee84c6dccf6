import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { EmptyObject, NotYetVisible, Superseded } from '../../../contract/errors';
import type { ObjectName, Source } from '../../../contract/source';
import type { Head } from '../image/examine';
import { assertWithin, type Limits } from '../image/limits';
import { isPacked, unpacked } from './packed';

/** The version of an object that a plain GET returns. */
export interface CurrentVersion {
  version: string | null;
  etag: string;
  /** Bytes. */
  size: number;
}

/** The current version; null if there is no object, or a delete marker. */
export async function currentVersion(
  s3: S3Client,
  { bucket, key }: ObjectName,
): Promise<CurrentVersion | null> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return {
      version: found.VersionId ?? null,
      etag: (found.ETag as string).replaceAll('"', ''),
      size: found.ContentLength as number,
    };
  } catch (error) {
    if ((error as S3ServiceException).name === 'NotFound') return null;
    throw error;
  }
}

/**
 * Reads the first bytes of the object as it is now. `Content-Range` says how many there are, so no HeadObject is needed. Of
 * an object that is packed with gzip it reads all: only that tells how many bytes the image has.
 *
 * @throws Superseded if the object was deleted or is no longer the version of the event
 * @throws NotYetVisible if there is no object, and S3 doesn't say why
 * @throws EmptyObject if there is nothing to read
 * @throws what {@link readVersion} throws, if the object is packed
 */
export async function readHead(s3: S3Client, source: Source, length: number, limits: Limits): Promise<Head> {
  const object = await current(s3, source, `bytes=0-${length - 1}`);
  if (isPacked(object)) {
    (object.Body as Readable).destroy();
    const bytes = await readVersion(s3, source, limits);
    return { bytes, totalBytes: bytes.length };
  }
  const totalBytes = Number(object.ContentRange?.split('/')[1] ?? object.ContentLength);
  return { bytes: await collect(object, length), totalBytes };
}

/**
 * Reads all of exactly this version, and stops at the limit of bytes while it streams. Unpacks what is packed with gzip.
 *
 * @throws Superseded if the version was deleted or, without versioning, overwritten
 * @throws NotYetVisible if there is no object, and S3 doesn't say why
 * @throws ImageTooLarge if it has more bytes than the limit, packed or unpacked
 * @throws CorruptImage if it is packed and cannot be unpacked
 */
export async function readVersion(s3: S3Client, source: Source, limits: Limits): Promise<Uint8Array> {
  const object = await get(s3, source, exactly(source));
  const announced = object.ContentLength ?? 0;
  if (announced > limits.bytes) (object.Body as Readable).destroy();
  assertWithin('bytes', announced, limits);
  const bytes = await collect(object, limits.bytes + 1);
  assertWithin('bytes', bytes.length, limits);
  return isPacked(object) ? unpacked(bytes, limits) : bytes;
}

async function current(s3: S3Client, source: Source, range: string): Promise<GetObjectCommandOutput> {
  const object = await get(s3, source, { Range: range });
  const etag = object.ETag?.replaceAll('"', '');
  if ((source.version && object.VersionId !== source.version) || etag !== source.etag) {
    (object.Body as Readable).destroy();
    const now = source.version ? `${object.VersionId} (${etag})` : etag;
    const expected = source.version ? `${source.version} (${source.etag})` : source.etag;
    throw new Superseded(`s3://${source.bucket}/${source.key} is now ${now}; this event is for ${expected}`);
  }
  return object;
}

/**
 * Asks for the version of the event and no other. Without versioning the content identifies it. Where versioning was
 * suspended, every upload is the version "null", so the version id alone identifies nothing.
 */
function exactly(source: Source): Pick<GetObjectCommandInput, 'VersionId' | 'IfMatch'> {
  return { IfMatch: `"${source.etag}"`, ...(source.version && { VersionId: source.version }) };
}

/** A version that S3 no longer has, other content, and a delete marker. */
const REPLACED = new Set(['NoSuchVersion', 'PreconditionFailed', 'MethodNotAllowed']);

/**
 * Whether S3 says that a delete marker hides the object. Otherwise a missing object was deleted for good, or S3 does not show it
 * yet: after versioning was turned on for a bucket, it may answer 404 for up to 15 minutes
 * (docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html).
 */
function isMarkedAsDeleted({ $response }: S3ServiceException): boolean {
  return $response?.headers['x-amz-delete-marker'] === 'true';
}

async function get(s3: S3Client, source: Source, how: object): Promise<GetObjectCommandOutput> {
  try {
    return await s3.send(new GetObjectCommand({ Bucket: source.bucket, Key: source.key, ...how }));
  } catch (error) {
    const { name } = error as Error;
    const where = `s3://${source.bucket}/${source.key}`;
    const isMissing = name === 'NoSuchKey';
    if (REPLACED.has(name) || (isMissing && isMarkedAsDeleted(error as S3ServiceException))) {
      throw new Superseded(
        `${where} (version ${source.version ?? source.etag}) was replaced or deleted: ${name}`,
      );
    }
    if (isMissing) throw new NotYetVisible(`S3 has no object ${where}, and doesn't say that it was deleted`);
    if (name === 'InvalidRange') {
      throw new EmptyObject(`Expected an image at ${where} but the object has 0 bytes. Upload it again`);
    }
    throw error;
  }
}

/** The body as one array, cut at `most` bytes: the rest is never held in memory. */
async function collect(object: GetObjectCommandOutput, most: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(Math.min(object.ContentLength ?? most, most));
  let filled = 0;
  for await (const chunk of object.Body as AsyncIterable<Buffer>) {
    filled += chunk.copy(bytes, filled);
    if (filled === bytes.length) break;
  }
  return bytes.subarray(0, filled);
}
