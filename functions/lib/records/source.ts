import { createHash } from 'node:crypto';
import type { ObjectEvent, Source } from '../../../contract/contract';
import { InvalidEvent, Superseded } from '../../../contract/errors';

/** S3's sequencers have 16 to 18 digits; the width leaves room and makes text order equal numeric order. */
const SEQUENCER_DIGITS = 32;

/** An object, whatever its version. */
export type ObjectName = Pick<Source, 'bucket' | 'key'>;

/** The deletion of an object or of one version of it. */
export type Deletion = Omit<Source, 'etag'>;

/**
 * The source object version an event speaks of.
 *
 * @throws InvalidEvent when the event lacks a bucket, key, etag or sequencer
 */
export function sourceOf(event: ObjectEvent): Source {
  const etag = event.detail?.object?.etag;
  return { ...deletionOf(event, { etag }), etag: etag as string };
}

/**
 * The deletion an event speaks of. A delete marker has no content, and so no etag.
 *
 * @param also what the event has to have besides
 * @throws InvalidEvent when the event lacks a bucket, key or sequencer
 */
export function deletionOf(event: ObjectEvent, also: { etag?: string } = {}): Deletion {
  const bucket = event.detail?.bucket?.name;
  const { key, sequencer, 'version-id': version = null } = event.detail?.object ?? {};
  const missing = Object.entries({ bucket, key, sequencer, ...also }).filter(
    ([, value]) => typeof value !== 'string' || value === '',
  );
  if (missing.length > 0) {
    throw new InvalidEvent(
      `Expected an S3 object event from EventBridge but it has no ${missing.map(([name]) => name).join(', ')}`,
    );
  }
  return {
    bucket,
    key: key as string,
    version,
    sequencer: comparableSequencer(sequencer as string),
  };
}

/**
 * S3's sequencer as text that compares like the number it is: upper case and padded on the **left**. Sequencers
 * of one key differ in length, and their leading digits are a time.
 *
 * @throws InvalidEvent when it is not hexadecimal or longer than any S3 is known to send
 */
export function comparableSequencer(sequencer: string): string {
  if (!/^[0-9A-Fa-f]{1,32}$/.test(sequencer)) {
    throw new InvalidEvent(
      `Expected a sequencer of 1 to ${SEQUENCER_DIGITS} hexadecimal digits but received "${sequencer}"`,
    );
  }
  return sequencer.toUpperCase().padStart(SEQUENCER_DIGITS, '0');
}

/** Id of a source object's record. A bucket name has no slash, so it is unambiguous; at most 1,088 bytes. */
export function recordId(source: { bucket: string; key: string }): string {
  return `${source.bucket}/${source.key}`;
}

/** Equal for every message about the same outcome of the same version, so that a subscriber can drop repeats. */
export function dedupeId(source: Source, outcome: 'DONE' | 'FAILED'): string {
  return createHash('sha256')
    .update([source.bucket, source.key, source.version ?? source.etag, source.sequencer, outcome].join('\0'))
    .digest('hex');
}

/** As much of a record as decides which version it is of. */
interface Recorded {
  sequencer: string;
  version: string | null;
  etag?: string;
  status: string;
  survivedSequencer?: string;
}

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
