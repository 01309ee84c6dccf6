/** Erases one image: first as any deletion, which the workflow follows, then whatever versions and copies are left. */
import { printable } from '../../contract/text';
import { CLOCK, type Clock } from '../lib/clock';
import type { Hint } from '../lib/hint';
import type { StoredRecord } from '../lib/records';
import { type Left, nameOf, type Version } from '../lib/versions';

/** The objects of an image that aren't its original. */
export interface Made {
  thumbnails: Version[];
  /** In quarantine. */
  copies: Version[];
}

/** What erasing an image needs from outside. */
export interface ErasePorts {
  record(key: string): Promise<StoredRecord | null>;
  /** Every version of the original. */
  originals(key: string): Promise<Version[]>;
  /** Every version of what was made from it, also what a record lists elsewhere. */
  made(key: string, record: StoredRecord | null): Promise<Made>;
  /** Deletes the original as anybody would: in a bucket with versions, a delete marker hides them. */
  hide(key: string): Promise<void>;
  /** Removes versions for good. @returns what is left of them */
  remove(versions: readonly Version[]): Promise<Left[]>;
  /** Removes a record unless it has changed since it was read. @returns whether it is gone */
  removeRecord(record: StoredRecord): Promise<boolean>;
  /** Whether the workflow follows what happens to the object. */
  isProcessed(key: string): boolean;
}

/** What became of an image. */
export interface Erasure {
  key: string;
  /** How many of each are gone. */
  originals: number;
  thumbnails: number;
  copies: number;
  record: boolean;
  left: Left[];
  /** When a newer upload of the same key was stored: from then on everything is the new image's, and stays. */
  uploadedAgain?: Date;
  /** The sequencer of a record that doesn't know of the deletion yet. */
  unfollowed?: string;
  /** When its deletion was recorded, in ISO 8601. */
  recorded?: string;
}

export interface Waiting {
  /** Milliseconds that the workflow may take to follow a deletion. */
  patience: number;
  clock?: Clock;
}

/** Milliseconds between two looks at a record. */
const LOOK_EVERY = 250;

/**
 * Erases the versions of an image and what was made from it. Its record stays, as a tombstone: a run that is still under way
 * finds it and gives up. {@link finish} removes that.
 *
 * The order makes it safe to stop at any point and begin again: a delete marker is only removed when no version is left that
 * it hides.
 */
export async function erase(
  key: string,
  ports: ErasePorts,
  { patience, clock = CLOCK }: Waiting,
): Promise<Erasure> {
  const erasure: Erasure = { key, originals: 0, thumbnails: 0, copies: 0, record: false, left: [] };
  const before = await ports.record(key);
  // A deletion takes the list of thumbnails out of the record.
  const listed = await ports.made(key, before);
  const seen = await ports.originals(key);
  const isVisible = seen.some(({ isLatest, isMarker }) => isLatest && !isMarker);
  if (isVisible || (before && before.status !== 'DELETED')) {
    await ports.hide(key);
    if (ports.isProcessed(key)) {
      const { sequencer = '' } = before ?? {};
      const record = await until((each) => each.sequencer > sequencer);
      if (record && record.sequencer <= sequencer) erasure.unfollowed = sequencer;
    }
  }

  const made = union(listed, await ports.made(key, null));
  // After what was made: a newer upload that isn't there yet has made none of it.
  const versions = await ports.originals(key);
  const newer = versions.filter((each) => isNewer(each, versions));
  if (newer.length > 0) erasure.uploadedAgain = earliest(newer);
  await removeMade(erasure, made, ports);
  const hiding = versions.find(({ isMarker, isLatest }) => isMarker && isLatest);
  const hidden = versions.filter((each) => each !== hiding && !newer.includes(each));
  const left = await ports.remove(hidden);
  // Without versions, the deletion itself has removed the original.
  const replaced = seen.filter(
    ({ isMarker, ...one }) => !isMarker && !versions.some((each) => isSame(one, each)),
  );
  erasure.originals = replaced.length + countGone(hidden, left);
  erasure.left.push(...left);

  // Without the marker, a version that could not be removed would be there again.
  if (hiding && left.length === 0) {
    const { sequencer = '' } = (await ports.record(key)) ?? {};
    const stays = await ports.remove([hiding]);
    erasure.left.push(...stays);
    // The event of this removal is the last one of the image: nothing writes the record again once it is processed.
    if (stays.length === 0 && ports.isProcessed(key) && erasure.unfollowed === undefined) {
      const isOfMarker = ({ version }: StoredRecord) => version === hiding.id || hiding.id === 'null';
      await until((record) => record.sequencer > sequencer && isOfMarker(record));
    }
  }
  const after = await ports.record(key);
  if (after?.status === 'DELETED') erasure.recorded = after.updatedAt;
  return erasure;

  /** @returns the record as it was read last */
  async function until(satisfies: (record: StoredRecord) => boolean): Promise<StoredRecord | null> {
    const end = clock.now() + patience;
    for (;;) {
      const record = await ports.record(key);
      if ((record && satisfies(record)) || clock.now() >= end) return record;
      await clock.wait(LOOK_EVERY);
    }
  }
}

/**
 * Removes the record, once no run that was under way can write any more; before that, what such a run has left. The record stays
 * if something else does, since it says what.
 */
export async function finish(erasure: Erasure, ports: ErasePorts, hint: Hint): Promise<void> {
  const { key, unfollowed } = erasure;
  const made = await ports.made(key, await ports.record(key));
  const newer = (await ports.originals(key)).filter(({ isLatest, isMarker }) => isLatest && !isMarker);
  if (newer.length > 0) erasure.uploadedAgain ??= earliest(newer);
  await removeMade(erasure, made, ports);
  if (erasure.left.length > 0) return;
  for (;;) {
    const record = await ports.record(key);
    if (!record) return;
    if (record.status !== 'DELETED' && ports.isProcessed(key)) {
      if (record.sequencer === unfollowed) erasure.left.push(unfollowedRecord(key, hint));
      else erasure.uploadedAgain ??= new Date(record.updatedAt);
      return;
    }
    // A late event may have written it in the meantime.
    if (await ports.removeRecord(record)) erasure.record = true;
  }
}

const unfollowedRecord = (key: string, hint: Hint): Left => ({
  what: `the record of ${printable(key)}`,
  why: `The workflow has not followed the deletion: its event waits, or its run failed. Erase again later. If that does not help, these run the deletion: ${hint('replay', '--key', 'KEY')}, ${hint('redrive')}`,
});

/** Removes what is not of a newer upload. */
async function removeMade(erasure: Erasure, made: Made, ports: Pick<ErasePorts, 'remove'>): Promise<void> {
  for (const name of ['thumbnails', 'copies'] as const) {
    const old = made[name].filter(
      ({ modified }) => !erasure.uploadedAgain || modified < erasure.uploadedAgain,
    );
    if (old.length === 0) continue;
    const left = await ports.remove(old);
    const names = new Set(old.map(nameOf));
    // What could not be removed earlier was tried again.
    erasure.left = [...erasure.left.filter(({ what }) => !names.has(what)), ...left];
    erasure[name] += countGone(old, left);
  }
}

function countGone(versions: readonly Version[], left: readonly Left[]): number {
  const names = new Set(left.map(({ what }) => what));
  return versions.filter((each) => !each.isMarker && !names.has(nameOf(each))).length;
}

const isSame = (one: Pick<Version, 'id' | 'modified'>, other: Version): boolean =>
  one.id === other.id && !other.isMarker && one.modified.getTime() === other.modified.getTime();

function union(one: Made, other: Made): Made {
  const merged = (name: keyof Made) => [
    ...new Map([...one[name], ...other[name]].map((each) => [nameOf(each), each])).values(),
  ];
  return { thumbnails: merged('thumbnails'), copies: merged('copies') };
}

/**
 * Whether a version was uploaded after the deletion. S3 gives times to the second: what was stored in the same second counts
 * as older unless it is the current version.
 */
function isNewer({ isMarker, isLatest, modified }: Version, all: Version[]): boolean {
  if (isMarker) return false;
  if (isLatest) return true;
  const markers = all.filter((each) => each.isMarker);
  const latest = all.find((each) => each.isLatest);
  // Below an upload that came after the deletion, newer versions are those since the last delete marker.
  return (
    latest?.isMarker === false && markers.length > 0 && markers.every((marker) => modified > marker.modified)
  );
}

const earliest = (versions: Version[]): Date =>
  new Date(Math.min(...versions.map(({ modified }) => modified.getTime())));
