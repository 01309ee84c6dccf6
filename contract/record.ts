/** The record of a source object: one DynamoDB item. functions/lib/records/updates.ts holds the rules by which it changes. */
import type { Details } from './details';
import type { Image, Offer, Thumbnail } from './image';
import type { FailureMessage } from './messages/failure';

/** DELETED is a tombstone: it keeps the deletion's place in the order, so that no late event brings the object back. */
export type Status = 'PROCESSING' | 'DONE' | 'FAILED' | 'DELETED';

/** The item as it is in the table. Its details are, like its thumbnails, those of the version before while PROCESSING. */
export interface ImageRecord extends Details {
  /** `<bucket>/<key>` */
  id: string;
  bucket: string;
  key: string;
  version: string | null;
  /** A tombstone has none: a deletion has no content. */
  etag?: string;
  sequencer: string;
  status: Status;
  image?: Pick<Image, 'format' | 'width' | 'height' | 'frames' | 'bytes'>;
  preset?: Image['preset'];
  /**
   * Hash of every setting that decided the outcome, from which a backfill knows what is stale; only while DONE or FAILED, and only
   * if the stack had backfills when the outcome was recorded.
   */
  settingsHash?: string;
  /** The thumbnails that exist; while a newer version is PROCESSING, those of the version before. */
  thumbnails?: Thumbnail[];
  /** Lazy variants that have no thumbnail yet; left out if there are none. */
  onRequest?: Offer[];
  /** Every key that any run may have written, so that none is left behind when the format or the preset changes. */
  thumbnailKeys?: Set<string>;
  execution: string;
  /** When processing began; not on a failure or a tombstone. */
  startedAt?: string;
  updatedAt: string;
  error?: FailureMessage['error'];
  quarantine?: FailureMessage['quarantine'];
  /** Why there is no copy in quarantine; only while FAILED without one. */
  note?: string;
  /**
   * The last run of this version failed after another had made it DONE. Its thumbnails are still those of the earlier run, and
   * the next run that succeeds removes this.
   */
  lastError?: LastError;
  /** Decodings on request that began and of which none has told its end. Render knows by it that an image ends its process. */
  unfinished?: { count: number; since: string };
  /** Sequencer of the version that subscribers were notified of. */
  notifiedSequencer?: string;
  /** Sequencer of the latest deletion after which this version was still the current one: no other event up to it counts. */
  survivedSequencer?: string;
  /** Key of the index `failures-by-day`; only while FAILED, or DONE with a `lastError`. */
  failedDay?: string;
  /** Key of the index `processing-by-start`; only while PROCESSING. */
  processingShard?: string;
  /** When DynamoDB may drop the item, in seconds since 1970; only on a tombstone. */
  expiresAt?: number;
}

/** A failure that left the thumbnails as they were. */
export interface LastError {
  name: string;
  message: string;
  execution: string;
  time: string;
  /** As of the record. */
  settingsHash?: string;
}

/** The index of records that are FAILED, or DONE with a `lastError`, by day. */
export const FAILURES_INDEX = 'failures-by-day';

/** The index of records that are PROCESSING, by when they began. */
export const PROCESSING_INDEX = 'processing-by-start';

/** The partitions of {@link PROCESSING_INDEX}: 16, each good for 1,000 writes a second. A record is in that of the first digit of a hash. */
export const PROCESSING_SHARDS: readonly string[] = [...'0123456789abcdef'];
