import type { Only, Skipped } from '../../contract/backfill';
import type { ImageRecord } from '../../contract/record';
import { CRASHES } from '../../contract/service-errors';
import { isImageError } from '../../contract/vocabulary';
import type { CurrentVersion } from '../lib/storage/uploads';

/** What the settings of now ask for of one image. */
export interface Wanted {
  only: Only;
  /** Of every setting that decides the outcome. */
  settingsHash?: string;
  /** Of the thumbnails alone: what a record has that was written before the stack had backfills. */
  presetHash: string;
  /** Names of the variants that are made with the upload. */
  eager: readonly string[];
  /** Name of the executions that this run starts for the image. */
  execution: string;
}

export type Decision =
  | { make: true }
  | { make: false; why: Skipped; failure?: { name: string; message: string } };

/** Milliseconds. An execution takes five minutes at most, so after this it has died. */
const DEAD_AFTER = 6 * 60_000;

/** What the record says of the image as it is in the bucket. */
type State = 'missing' | 'stale' | 'failed' | 'done';

/** Which of them each choice works on. */
const WANTED: Record<Only, readonly State[]> = {
  all: ['missing', 'stale'],
  missing: ['missing'],
  stale: ['stale'],
  failed: ['failed'],
};

/**
 * Whether an image needs work, by its record alone: nothing of the image is read.
 *
 * A record of another version, or of a deletion, means that an event came or is on its way: it decides, and not the backfill.
 *
 * @param current the object as it is in the bucket; null if there is none
 */
export function decide(
  current: CurrentVersion | null,
  record: ImageRecord | null,
  wanted: Wanted,
  now: Date,
): Decision {
  if (!current) return { make: false, why: 'gone' };
  if (record && (record.status === 'DELETED' || !isOf(record, current))) {
    return { make: false, why: 'superseded' };
  }
  if (record && isBusy(record, wanted, now)) return { make: false, why: 'busy' };
  const failure = record && failureOf(record);
  const state = stateOf(record, wanted);
  if (WANTED[wanted.only].includes(state) || (wanted.only === 'failed' && failure)) return { make: true };
  if (state === 'failed' && failure) return { make: false, why: 'failedBefore', failure };
  return { make: false, why: state === 'done' ? 'done' : 'unwanted' };
}

/** Whether a failure says something about the image. Any other, such as a missing permission, is tried again. */
export const isResult = (error: string): boolean => isImageError(error) || CRASHES.includes(error);

/** The failure that a record holds, if the image is without thumbnails of now because of it. */
export function failureOf({ status, error, lastError }: ImageRecord) {
  return status === 'FAILED' ? error : status === 'DONE' ? lastError : undefined;
}

/** Whether an upload works on it. What this very run has begun may have died with the child that began it. */
function isBusy({ status, updatedAt, execution }: ImageRecord, wanted: Wanted, now: Date): boolean {
  if (status !== 'PROCESSING' || execution.includes(`:${wanted.execution}:`)) return false;
  return now.getTime() - Date.parse(updatedAt) < DEAD_AFTER;
}

function isOf({ version, etag }: ImageRecord, current: CurrentVersion): boolean {
  return version === current.version && etag === current.etag;
}

function stateOf(record: ImageRecord | null, wanted: Wanted): State {
  if (!record || record.status === 'PROCESSING') return 'missing';
  const failure = failureOf(record);
  if (failure && !isResult(failure.name)) return record.status === 'FAILED' ? 'missing' : 'stale';
  const { settingsHash } = wanted;
  if (record.status === 'FAILED') return record.settingsHash === settingsHash ? 'failed' : 'stale';
  if (isMade(record, wanted)) return 'done';
  // Its thumbnails are of earlier settings, and the attempt to make those of now has failed.
  return record.lastError && record.lastError.settingsHash === settingsHash ? 'failed' : 'stale';
}

function isMade({ settingsHash, preset, thumbnails = [] }: ImageRecord, wanted: Wanted): boolean {
  const isCurrent = settingsHash ? settingsHash === wanted.settingsHash : preset?.hash === wanted.presetHash;
  return isCurrent && wanted.eager.every((name) => thumbnails.some(({ variant }) => variant === name));
}
