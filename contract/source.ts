/** Which object, and which version of it, an event is about; and the order of events. */
import { InvalidEvent } from './errors';
import type { ObjectEvent } from './event';

/** One exact version of one source object. */
export interface Source {
  bucket: string;
  key: string;
  /** S3 version id; null if the bucket is not versioned, and then `etag` identifies the content. */
  version: string | null;
  etag: string;
  /** Order of events for one key: 32 upper-case hexadecimal digits, comparable as text. */
  sequencer: string;
}

/** An object, whatever its version. */
export type ObjectName = Pick<Source, 'bucket' | 'key'>;

/** The deletion of an object or of one version of it. */
export type Deletion = Omit<Source, 'etag'>;

/** S3's sequencers have 16 to 18 digits. With more than enough digits for all of them, text order equals numeric order. */
const SEQUENCER_DIGITS = 32;

/**
 * The version of the source object that an event is about.
 *
 * @throws InvalidEvent if the event lacks a bucket, key, etag or sequencer
 */
export function sourceOf(event: ObjectEvent): Source {
  const etag = event.detail?.object?.etag;
  return { ...deletionOf(event, { etag }), etag: etag as string };
}

/**
 * The deletion that an event is about. A delete marker has no content, and so no etag.
 *
 * @param also what else the event must have
 * @throws InvalidEvent if the event lacks a bucket, key or sequencer
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
 * S3's sequencer as text that sorts like the number it is: in upper case and padded on the **left**. The sequencers of
 * one key differ in length, and their leading digits are a time.
 *
 * @throws InvalidEvent if it is not hexadecimal, or longer than any that S3 is known to send
 */
export function comparableSequencer(sequencer: string): string {
  if (!/^[0-9A-Fa-f]{1,32}$/.test(sequencer)) {
    throw new InvalidEvent(
      `Expected a sequencer of 1 to ${SEQUENCER_DIGITS} hexadecimal digits but received "${sequencer}"`,
    );
  }
  return sequencer.toUpperCase().padStart(SEQUENCER_DIGITS, '0');
}

/** Id of a source object's record, at most 1,088 bytes. It is unambiguous, since a bucket's name holds no slash. */
export function recordId(source: { bucket: string; key: string }): string {
  return `${source.bucket}/${source.key}`;
}
