import type { ObjectEvent } from '../../contract/event';
import type { RemovedDetail, RemovedMessage } from '../../contract/messages/outcome-event';
import type { ImageRecord } from '../../contract/record';
import type { SCHEMA } from '../../contract/schema';
import { type Deletion, deletionOf, type ObjectName } from '../../contract/source';
import type { TaskInput } from '../../contract/states';
import { dedupeId } from '../lib/records/dedupe-id';
import { overtaken } from '../lib/records/order';
import type { Outcome } from '../lib/records/records';
import { survive, tombstone, type Update } from '../lib/records/updates';
import type { Announcer } from '../lib/runtime/announcer';
import type { CurrentVersion } from '../lib/storage/uploads';

declare module '../../contract/states' {
  interface Answers {
    removal: Removal;
  }
}

/** What Remove answers. */
export interface Removal {
  schema: typeof SCHEMA;
  /**
   * `REMOVED`: the thumbnails are gone. `KEPT`: the deletion was of a version that is not the current one. `RESTORED`: it
   * made an earlier version the current one again, and an event for that version is in the backlog queue.
   */
  outcome: 'REMOVED' | 'KEPT' | 'RESTORED';
  /** For the event bus, if it is `REMOVED`; left out if the settings ask for no events. */
  event?: RemovedDetail;
}

/** The calls that Remove makes. */
export interface RemovePorts {
  /** @returns the current version; null if there is no object, or a delete marker */
  current(object: ObjectName): Promise<CurrentVersion | null>;
  record(object: ObjectName): Promise<ImageRecord | null>;
  apply(update: Update): Promise<Outcome>;
  /** Removes a thumbnail unless it was made from a version newer than `sequencer`. */
  removeUpTo(sequencer: string, key: string): Promise<void>;
  /** Sends an event to the backlog queue, from where it gets its own execution. */
  queue(event: ObjectEvent): Promise<void>;
  announce: Announcer;
}

export interface RemoveSettings {
  /** Days that a tombstone is kept, to hold out against late events. */
  tombstoneDays: number;
}

/**
 * Follows a deletion.
 *
 * - If nothing is left of the object, it removes the thumbnails and turns the record into a tombstone, which no late event
 *   of the deleted version can overwrite.
 * - If the deletion made an earlier version the current one again, it queues an event for that version, with the
 *   deletion's place in the order: S3 sends none.
 * - If the deletion was of a version that is not the current one, it keeps the record and notes there that the version
 *   outlived the deletion, so that no late event of the deleted version can overwrite the record either.
 *
 * @throws Superseded if the record is of a newer event
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
    if (isCovered() || (await isRecorded(current))) return { schema: 1, outcome: 'KEPT' };
    await ports.queue(creationOf(current));
    return { schema: 1, outcome: 'RESTORED' };
  }

  const outcome = await ports.apply(tombstone(deletion, execution, now, settings.tombstoneDays));
  if (!outcome.applied) throw overtaken(deletion, outcome.current);
  await Promise.all(
    [...(outcome.before?.thumbnailKeys ?? [])].map((key) => ports.removeUpTo(deletion.sequencer, key)),
  );
  return { schema: 1, outcome: 'REMOVED', ...ports.announce(removedMessage(deletion)) };

  function removedMessage(source: Deletion): RemovedMessage {
    return {
      schema: 1,
      status: 'DELETED',
      dedupeId: dedupeId(source, 'DELETED'),
      source,
      execution,
      time: now.toISOString(),
    };
  }

  /**
   * Whether a newer upload made the current version, which then has an event of its own: neither a delete marker nor a
   * deletion in a bucket without versions can bring an earlier version back.
   */
  function isCovered(): boolean {
    return state.detail['deletion-type'] === 'Delete Marker Created' || deletion.version === null;
  }

  /** Whether the record already has the current version, or another run has processed this event or a newer one. */
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

  /** The event that S3 would have sent if the version had been uploaded at the time of the deletion. */
  function creationOf({ version, etag, size }: CurrentVersion): ObjectEvent {
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
