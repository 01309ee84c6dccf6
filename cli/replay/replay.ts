import type { ObjectEvent } from '../../contract/event';
import { shellWord } from '../../contract/text';
import type { StoredRecord } from '../lib/records';
import { deletionOf, type Origin, uploadOf } from './event';
import type { Outcome } from './outcome';

/** The version of an object that a plain GET answers. */
export interface CurrentVersion {
  version: string | null;
  etag: string;
  /** Bytes. */
  size: number;
}

/** What replaying an image needs of the world. */
export interface ReplayPorts {
  origin: Origin;
  find(key: string): Promise<StoredRecord | null>;
  /** Null where there is no object, or a delete marker. */
  current(object: { bucket: string; key: string }): Promise<CurrentVersion | null>;
  /** Takes an event through the workflow, and waits for the end. */
  run(event: ObjectEvent): Promise<Outcome>;
}

/**
 * Takes the recorded version of an image through the workflow again, or, where the object was deleted and that was not
 * followed, its deletion. The record is read at the last moment: what was chosen a while ago may be done by now.
 *
 * @param onlyFailed leaves alone what is not FAILED, or not any more
 */
export async function replay(key: string, onlyFailed: boolean, ports: ReplayPorts): Promise<Outcome> {
  const record = await ports.find(key);
  if (!record) return { kind: 'skipped', reason: 'it has no record: upload it again' };
  if (onlyFailed && record.status !== 'FAILED') {
    return { kind: 'skipped', reason: `it is ${record.status} by now` };
  }
  const current = await ports.current(record);
  if (!current) {
    // Its thumbnails are gone already; what counts is the copy that the record knows of.
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

/** The record knows best why an image failed; where it does not say so, the execution does. */
async function reasonOf(key: string, otherwise: string, ports: ReplayPorts): Promise<string> {
  const { status, error } = (await ports.find(key)) ?? {};
  return status === 'FAILED' && error ? `${error.name}: ${error.message}` : otherwise;
}

function whereItIs({ bucket, key, quarantine }: StoredRecord): string {
  const gone = 'it is no longer in the bucket';
  if (!quarantine) return `${gone}, and there is no copy in quarantine`;
  const copy = shellWord(`s3://${quarantine.bucket}/${quarantine.key}`);
  return `${gone}. To upload its copy from quarantine: aws s3 cp ${copy} ${shellWord(`s3://${bucket}/${key}`)}`;
}
