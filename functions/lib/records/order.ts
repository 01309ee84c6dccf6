/** What the outcome of an update means: it was news, or another event was newer or quicker. */

import { BEFORE_ANY_EVENT } from '../../../contract/backfill';
import { InvalidEvent, Superseded } from '../../../contract/errors';
import type { ImageRecord, Status } from '../../../contract/record';
import type { Deletion, Source } from '../../../contract/source';
import type { Outcome } from './records';

/** As much of a record as decides which version it is of. */
type Recorded = Pick<ImageRecord, 'sequencer' | 'version' | 'etag' | 'status' | 'survivedSequencer'>;

/** The error for an event that has been overtaken by a newer one. */
export function overtaken(
  event: Deletion | Source,
  { sequencer, survivedSequencer = '' }: Recorded,
): Superseded {
  const newest = survivedSequencer > sequencer ? survivedSequencer : sequencer;
  return new Superseded(
    `A newer event of s3://${event.bucket}/${event.key} is recorded (sequencer ${newest}); this one is ${event.sequencer}`,
  );
}

/** Whether a newer event of the object is recorded, so that no update for `source` would apply. */
export function isOvertaken(
  { sequencer }: Pick<Source, 'sequencer'>,
  { sequencer: recorded, survivedSequencer = '' }: Recorded,
): boolean {
  return recorded > sequencer || (recorded < sequencer && survivedSequencer >= sequencer);
}

/**
 * Explains why an update for `source` was refused. It returns if the record is of this very version: then the caller
 * decides what that means.
 *
 * @throws Superseded if a newer event is recorded
 * @throws InvalidEvent if another content of the object claims the same place in the order
 */
export function assertSameVersion(source: Source, current: Recorded): void {
  const { bucket, key, version, etag, sequencer } = source;
  if (current.sequencer !== sequencer) throw overtaken(source, current);
  if (current.version === version && current.etag === etag) return;
  const where = `s3://${bucket}/${key}`;
  if (sequencer === BEFORE_ANY_EVENT) {
    // Neither came by an event, and whichever S3 has got later has one of its own on the way.
    throw new Superseded(
      `Another content of ${where} is recorded: etag ${current.etag}, this one has ${etag}`,
    );
  }
  if (version !== null) {
    // This repeats the event of a deletion that brought another version back; the one that brought this version back has its own.
    throw new Superseded(
      `The deletion ${sequencer} of ${where} brought version ${current.version} back, not ${version}`,
    );
  }
  throw new InvalidEvent(
    `Two contents of ${where} claim sequencer ${sequencer}: etag ${current.etag} is recorded, this event has ${etag}`,
  );
}

/**
 * Whether an update gave the record of this version a status that it didn't have before. A repeated attempt, or another
 * delivery of the event, finds the status there already and isn't counted again.
 */
export function isNews(outcome: Outcome, { sequencer }: Source, status: Status): boolean {
  return outcome.applied && !isOf(outcome.before, sequencer, status);
}

const isOf = (record: ImageRecord | null, sequencer: string, status: Status) =>
  record?.sequencer === sequencer && record.status === status;
