import type { ObjectEvent } from '../../contract/event';
import type { ImageRecord } from '../../contract/record';
import { deletionOf, type ObjectName } from '../../contract/source';
import type { Removal, TaskInput } from '../../contract/states';
import { overtaken } from '../lib/records/order';
import type { Outcome } from '../lib/records/records';
import { survive, tombstone, type Update } from '../lib/records/updates';
import type { CurrentVersion } from '../lib/storage/uploads';

/** What Remove does to the world. */
export interface RemovePorts {
  /** What is there now; null where there is no object, or a delete marker. */
  current(object: ObjectName): Promise<CurrentVersion | null>;
  record(object: ObjectName): Promise<ImageRecord | null>;
  apply(update: Update): Promise<Outcome>;
  /** Removes a thumbnail unless it was made of a version newer than `sequencer`. */
  removeUpTo(sequencer: string, key: string): Promise<void>;
}

export interface RemoveSettings {
  /** How long a tombstone has to hold out against late events. */
  tombstoneDays: number;
}

/**
 * Follows a deletion. Where nothing is left, the thumbnails go and the record becomes a tombstone, which a late event
 * of the deleted version cannot overcome. Where the deletion brought an earlier version back, that one is to be
 * processed, in the deletion's place in the order. Where it concerned a version that was not the current one, the record
 * stays, and no late event of the deleted version can overcome it either.
 *
 * @throws Superseded when a newer event is recorded
 */
export async function remove(
  { execution, state }: TaskInput,
  settings: RemoveSettings,
  ports: RemovePorts,
  now: Date,
): Promise<Removal> {
  const deletion = deletionOf(state);
  const current = await ports.current(deletion);
  if (current) {
    const kept = isCovered() || (await isRecorded(current));
    return { schema: 1, outcome: kept ? 'KEPT' : 'RESTORED', restored: kept ? null : restored(current) };
  }

  const outcome = await ports.apply(tombstone(deletion, execution, now, settings.tombstoneDays));
  if (!outcome.applied) throw overtaken(deletion, outcome.current);
  await Promise.all(
    [...(outcome.before?.thumbnailKeys ?? [])].map((key) => ports.removeUpTo(deletion.sequencer, key)),
  );
  return { schema: 1, outcome: 'REMOVED', restored: null };

  /** Whether a newer event has made the current version so: neither a marker nor a bucket without versions gives one back. */
  function isCovered(): boolean {
    return state.detail['deletion-type'] === 'Delete Marker Created' || deletion.version === null;
  }

  /** Whether the record is of the current version already, or another run has followed this event or a newer one. */
  async function isRecorded(version: CurrentVersion): Promise<boolean> {
    for (let record = await ports.record(deletion); record; ) {
      if (record.sequencer >= deletion.sequencer) return true;
      if (record.version !== version.version || record.etag !== version.etag) return false;
      const outcome = await ports.apply(survive(version, deletion));
      if (outcome.applied || (outcome.current.survivedSequencer ?? '') >= deletion.sequencer) return true;
      record = outcome.current;
    }
    return false;
  }

  function restored({ version, etag, size }: CurrentVersion): ObjectEvent {
    const { bucket, object } = state.detail;
    return {
      ...state,
      'detail-type': 'Object Created',
      detail: {
        bucket,
        object: {
          key: object.key,
          size,
          etag,
          ...(version ? { 'version-id': version } : {}),
          sequencer: object.sequencer,
        },
        reason: 'Restored',
      },
    };
  }
}
