import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ThumbnailsEnvironment } from '../../../contract/environment';
import type { Source } from '../../../contract/source';
import type { Existing, Precondition } from '../image/swap';
import type { Reader } from '../runtime/environment';

/** A thumbnail as a browser gets it. */
export interface Stored {
  /** In quotes. */
  etag: string;
  contentType: string;
  cacheControl?: string;
  lastModified?: Date;
  bytes: number;
  read(): Promise<Buffer>;
  /** Call it if you don't read the body: an answer that isn't read blocks its connection. */
  discard(): void;
}

/** What a thumbnail is made from, and the hash of the recipe that it is made by. */
export interface Origin {
  source: Source;
  /** Size of the source. */
  bytes: number;
  hash: string;
}

/** S3 keeps 2 KB of metadata in all. */
const MAX_KEY_METADATA = 1_200;

/** The bucket of thumbnails, where every change is a compare-and-swap on the source's sequencer. */
export class ThumbnailBucket {
  constructor(
    private readonly s3: S3Client,
    readonly name: string,
    /** Start of the key of every thumbnail. The bucket may hold other objects too. */
    private readonly prefix = '',
  ) {}

  /** The thumbnail at the key; null if there is none. */
  async find(key: string): Promise<Existing | null> {
    try {
      const found = await this.s3.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
      return {
        etag: found.ETag as string,
        sequencer: found.Metadata?.['sequencer'] ?? '',
        preset: found.Metadata?.['preset'] ?? '',
        bytes: found.ContentLength as number,
      };
    } catch (error) {
      if ((error as S3ServiceException).name === 'NotFound') return null;
      throw error;
    }
  }

  /** The thumbnail at the key, not read yet; null if there is none. */
  async open(key: string): Promise<Stored | null> {
    try {
      const found = await this.s3.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      const body = found.Body as Readable;
      return {
        etag: found.ETag as string,
        contentType: found.ContentType as string,
        cacheControl: found.CacheControl,
        lastModified: found.LastModified,
        bytes: found.ContentLength as number,
        read: () => buffer(body),
        discard: () => body.destroy(),
      };
    } catch (error) {
      if ((error as S3ServiceException).name === 'NoSuchKey') return null;
      throw error;
    }
  }

  /** @returns false if another run has changed the key since it was looked at */
  async write(
    key: string,
    data: Buffer,
    origin: Origin,
    precondition: Precondition,
    headers: Pick<PutObjectCommandInput, 'ContentType' | 'CacheControl'>,
  ): Promise<boolean> {
    const command = new PutObjectCommand({
      Bucket: this.name,
      Key: key,
      Body: data,
      Metadata: provenance(origin),
      ...headers,
      ...precondition,
    });
    return this.unlessChanged(this.s3.send(command));
  }

  /** Removes the thumbnail unless it was made from a newer version than `sequencer`. A repeat does no harm. */
  removeUpTo(sequencer: string, key: string): Promise<void> {
    return this.removeIf((made) => made <= sequencer, key);
  }

  /** The same as {@link removeUpTo}, but it leaves a thumbnail of the version `sequencer` itself. */
  removeBefore(sequencer: string, key: string): Promise<void> {
    return this.removeIf((made) => made < sequencer, key);
  }

  private async removeIf(old: (sequencer: string) => boolean, key: string): Promise<void> {
    // A record may list thumbnails that were made with earlier settings, in another bucket or under another prefix.
    if (!key.startsWith(this.prefix)) return;
    for (;;) {
      const found = await this.find(key);
      if (!found || !old(found.sequencer)) return;
      const command = new DeleteObjectCommand({ Bucket: this.name, Key: key, IfMatch: found.etag });
      if (await this.unlessChanged(this.s3.send(command))) return;
    }
  }

  /** @returns whether the change took place: false if its precondition no longer held */
  private async unlessChanged(change: Promise<unknown>): Promise<boolean> {
    try {
      await change;
      return true;
    } catch (error) {
      if (CHANGED.has((error as S3ServiceException).name)) return false;
      throw error;
    }
  }
}

/** The bucket where the stack keeps thumbnails. */
export function thumbnailBucketFrom(
  environment: Reader<ThumbnailsEnvironment>,
  s3: S3Client,
): ThumbnailBucket {
  return new ThumbnailBucket(
    s3,
    environment.text('THUMBNAILS_BUCKET'),
    environment.optional('THUMBNAILS_PREFIX'),
  );
}

/** What S3 answers if a key is not as the precondition says, or is being changed right now. */
const CHANGED = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/** The origin of a thumbnail as object metadata. That is ASCII only, so the key is percent-encoded. */
function provenance({ source, bytes, hash }: Origin): Record<string, string> {
  const key = encodeURIComponent(source.key);
  return {
    'source-bucket': source.bucket,
    'source-key':
      key.length <= MAX_KEY_METADATA
        ? key
        : `sha256:${createHash('sha256').update(source.key).digest('hex')}`,
    'source-version': source.version ?? source.etag,
    'source-bytes': String(bytes),
    sequencer: source.sequencer,
    preset: hash,
  };
}
