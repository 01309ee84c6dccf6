import type { S3Client } from '@aws-sdk/client-s3';
import type { Limits } from '../image/limits';
import type { MakePorts } from '../image/make';
import type { Metrics, Tally } from '../runtime/metrics';
import type { ThumbnailBucket } from './thumbnail-bucket';
import { readVersion } from './uploads';

export interface MakePortsProps {
  readonly s3: S3Client;
  readonly thumbnails: ThumbnailBucket;
  readonly limits: Limits;
  /** Value of the header of every thumbnail. */
  readonly cacheControl: string;
  /** Counts what is read and written. */
  readonly tally: Tally;
  /**
   * What each written thumbnail counts as besides.
   * @default - nothing
   */
  readonly counts?: Metrics;
  /** Milliseconds until Lambda ends the function. */
  readonly timeLeft: () => number;
}

/** Reads originals from S3 and writes thumbnails there. */
export function makePorts({
  s3,
  thumbnails,
  limits,
  cacheControl,
  tally,
  counts = {},
  timeLeft,
}: MakePortsProps): MakePorts {
  return {
    bucket: thumbnails.name,
    timeLeft,
    readWhole: async (source) => {
      const bytes = await readVersion(s3, source, limits);
      tally.add({ SourceBytes: bytes.length });
      return bytes;
    },
    find: (key) => thumbnails.find(key),
    write: async ({ key, format, hash }, data, precondition, { source, bytes }) => {
      const headers = { ContentType: `image/${format}`, CacheControl: cacheControl };
      const written = await thumbnails.write(key, data, { source, bytes, hash }, precondition, headers);
      if (written) tally.add({ Thumbnails: 1, ...counts, ThumbnailBytes: data.length });
      return written;
    },
  };
}
