/** What an update of the record tells about the order of events: this one was news, or another was newer or quicker. */
import { InvalidEvent, Superseded } from '../../../contract/errors';
import type { ImageRecord, Status } from '../../../contract/record';
import type { Deletion, Source } from '../../../contract/source';
import type { Outcome } from './records';

/** As much of a record as decides which version it is of. */
type Recorded = Pick<ImageRecord, 'sequencer' | 'version' | 'etag' | 'status' | 'survivedSequencer'>;

/** The error for an event that a newer one has overtaken. */
export function overtaken(
  event: Deletion | Source,
  { sequencer, survivedSequencer = '' }: Recorded,
): Superseded {
  const newest = survivedSequencer > sequencer ? survivedSequencer : sequencer;
  return new Superseded(
    `A newer event of s3://${event.bucket}/${event.key} is recorded (sequencer ${newest}); this one is ${event.sequencer}`,
  );
}

/**
 * Why an update for `source` was not applied.
 *
 * @returns when the record is of this very version, so that the caller decides what that means
 * @throws Superseded when a newer event is recorded
 * @throws InvalidEvent when another object content claims the same place in the order
 */
export function assertSameVersion(source: Source, current: Recorded): void {
  const { bucket, key, version, etag, sequencer } = source;
  if (current.sequencer !== sequencer) throw overtaken(source, current);
  if (current.version === version && current.etag === etag) return;
  const where = `s3://${bucket}/${key}`;
  if (version !== null) {
    // A repeat of that deletion; it was another deletion that brought this version to light, and its event says so.
    throw new Superseded(
      `The deletion ${sequencer} of ${where} brought version ${current.version} back, not ${version}`,
    );
  }
  throw new InvalidEvent(
    `Two contents of ${where} claim sequencer ${sequencer}: etag ${current.etag} is recorded, this event has ${etag}`,
  );
}

/**
 * As {@link assertSameVersion}, for an update that a finished run of the same version also refuses.
 *
 * @throws Superseded when this very version is DONE
 */
export function assertCurrent(source: Source, current: Recorded): never {
  assertSameVersion(source, current);
  throw new Superseded(
    `s3://${source.bucket}/${source.key} is already ${current.status} by another run of this event`,
  );
}

/**
 * Whether an update brought the record of this version into a status it was not in: an attempt that is repeated, or
 * another delivery of the event, finds it there, and does not count again.
 */
export function isNews(outcome: Outcome, { sequencer }: Source, status: Status): boolean {
  return outcome.applied && !isOf(outcome.before, sequencer, status);
}

const isOf = (record: ImageRecord | null, sequencer: string, status: Status) =>
  record?.sequencer === sequencer && record.status === status;
