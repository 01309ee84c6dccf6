import type { ObjectEvent } from '../../contract/event';
import { isInert } from '../../contract/replay-command';
import type { StoredRecord } from '../lib/records';
import { deletionOf, type Origin, uploadOf } from './event';
import type { Outcome } from './outcome';

/** The version of an object that a plain GET returns. */
export interface CurrentVersion {
  version: string | null;
  etag: string;
  /** Bytes. */
  size: number;
}

/** What replaying an image needs from outside. */
export interface ReplayPorts {
  origin: Origin;
  find(key: string): Promise<StoredRecord | null>;
  /** Null when there is no object, or a delete marker. */
  current(object: { bucket: string; key: string }): Promise<CurrentVersion | null>;
  /** Runs an event through the workflow and waits until it ends. */
  run(event: ObjectEvent): Promise<Outcome>;
}

/**
 * Runs the recorded version of an image through the workflow again, or its deletion, if the object was deleted and the
 * workflow did not process that. The record is read at the last moment: what was selected a while ago may be done by now.
 *
 * @param onlyFailed skip an image that is not, or no longer, among the failures
 */
export async function replay(key: string, onlyFailed: boolean, ports: ReplayPorts): Promise<Outcome> {
  const record = await ports.find(key);
  if (!record) return { kind: 'skipped', reason: 'its record is gone by now' };
  // An image that is DONE is among the failures, too, when the last attempt to make its thumbnails anew failed.
  if (onlyFailed && record.status !== 'FAILED' && record.lastError === undefined) {
    return { kind: 'skipped', reason: `it is ${record.status} by now` };
  }
  const current = await ports.current(record);
  if (!current) {
    // Its thumbnails are gone already; what helps is the copy that the record names.
    if (record.status === 'FAILED') return { kind: 'gone', reason: whereItIs(record) };
    return ports.run(deletionOf(record, ports.origin));
  }
  if (current.version !== record.version || (record.version === null && current.etag !== record.etag)) {
    return { kind: 'superseded', reason: `the object is now ${current.version ?? current.etag}` };
  }
  const outcome = await ports.run(uploadOf(record, current.size, ports.origin));
  return outcome.kind === 'failed'
    ? { ...outcome, reason: await reasonOf(key, outcome.reason, ports) }
    : outcome;
}

/** Why the image is FAILED or, if it is DONE all the same, why the last attempt to make its thumbnails anew failed. */
export const failureOf = ({
  status,
  error,
  lastError,
}: StoredRecord): { name: string; message: string } | undefined => (status === 'FAILED' ? error : lastError);

/** The record says best why an image failed; if it doesn't, the execution does. */
async function reasonOf(key: string, otherwise: string, ports: ReplayPorts): Promise<string> {
  const record = await ports.find(key);
  const failure = record && failureOf(record);
  return failure ? `${failure.name}: ${failure.message}` : otherwise;
}

function whereItIs({ bucket, key, quarantine }: StoredRecord): string {
  const gone = 'it is no longer in the bucket';
  if (!quarantine) return `${gone}, and there is no copy in quarantine`;
  // A command with any other key is not to be copied from here: each shell has its own rules for what is in quotes.
  return isInert(key)
    ? `${gone}. To restore its copy from quarantine: aws s3 cp s3://${quarantine.bucket}/${quarantine.key} s3://${bucket}/${key}`
    : `${gone}. Its copy is in the bucket ${quarantine.bucket}, under the same key: copy it back in the S3 console`;
}
