import { InvalidEvent, Superseded } from '../../../contract/errors';
import type { ObjectEvent } from '../../../contract/event';
import { detailOf } from '../../../contract/messages/outcome-event';
import type { ImageRecord } from '../../../contract/record';
import { deletionOf, recordId, sourceOf } from '../../../contract/source';
import { dedupeId } from '../../../functions/lib/records/dedupe-id';
import type { Outcome } from '../../../functions/lib/records/records';
import { survive, tombstone, type Update } from '../../../functions/lib/records/updates';
import { type Announcer, SILENT } from '../../../functions/lib/runtime/announcer';
import type { CurrentVersion } from '../../../functions/lib/storage/uploads';
import { type RemovePorts, remove } from '../../../functions/remove/remove';
import marker from '../../fixtures/events/object-deleted-delete-marker.json';
import purged from '../../fixtures/events/object-deleted-permanently.json';
import unversioned from '../../fixtures/events/object-deleted-permanently-unversioned.json';
import { withLatePorts } from '../late-calls';
import { created, EXECUTION, NOW } from '../support';

/** The deletion of the version that the event {@link created} is about. */
const event = purged as ObjectEvent;
const deletion = deletionOf(event);
const uploaded = sourceOf(created());
const KEYS = ['uploads/canyon.jpg/small.jpg', 'uploads/canyon.jpg/large.webp'];

/** The version before the one that was deleted. */
const earlier: CurrentVersion = { version: 'version-before', etag: 'etag-before', size: 1234 };

function recorded(changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: recordId(uploaded),
    ...uploaded,
    status: 'DONE',
    thumbnailKeys: new Set(KEYS),
    execution: EXECUTION,
    startedAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
    ...changes,
  };
}

interface World {
  event?: ObjectEvent;
  current?: CurrentVersion | null;
  record?: ImageRecord | null;
  outcome?: Outcome;
  queue?: (event: ObjectEvent) => Promise<void>;
  announce?: Announcer;
}

function run({
  event: state = event,
  current = null,
  record = recorded(),
  outcome,
  queue,
  announce = SILENT,
}: World = {}) {
  const seen = { updates: [] as Update[], removed: [] as [string, string][], queued: [] as ObjectEvent[] };
  const ports: RemovePorts = {
    current: async () => current,
    record: async () => record,
    apply: async (update) => {
      seen.updates.push(update);
      return outcome ?? { applied: true, before: record };
    },
    removeUpTo: async (sequencer, key) => {
      seen.removed.push([sequencer, key]);
    },
    queue:
      queue ??
      (async (event) => {
        seen.queued.push(event);
      }),
    announce,
  };
  const answer = withLatePorts(ports, (late) =>
    remove({ execution: EXECUTION, state }, { tombstoneDays: 14 }, late, NOW),
  );
  return { answer, seen };
}

describe('if nothing is left of the object', () => {
  test.each([
    ['a delete marker', marker],
    ['the deletion of its only version', purged],
    ['a deletion without versions', unversioned],
  ])('%s leaves a tombstone and removes the thumbnails up to its sequencer', async (_, given) => {
    const { answer, seen } = run({ event: given as ObjectEvent });
    expect(await answer).toEqual({ schema: 1, outcome: 'REMOVED' });
    const of = deletionOf(given as ObjectEvent);
    expect(seen.updates).toEqual([tombstone(of, EXECUTION, NOW, 14)]);
    expect(seen.removed).toEqual(KEYS.map((key) => [of.sequencer, key]));
  });

  test('an object that was never recorded leaves a tombstone all the same', async () => {
    const { answer, seen } = run({ record: null });
    expect(await answer).toMatchObject({ outcome: 'REMOVED' });
    expect(seen.updates).toHaveLength(1);
    expect(seen.removed).toEqual([]);
  });

  test('a repeat finishes the removal that an interrupted run has left', async () => {
    const left = recorded({ status: 'DELETED', etag: undefined, sequencer: deletion.sequencer });
    const { answer, seen } = run({ record: left });
    expect(await answer).toMatchObject({ outcome: 'REMOVED' });
    expect(seen.removed).toEqual(KEYS.map((key) => [deletion.sequencer, key]));
  });

  test('a newer event supersedes it, and its thumbnails stay', async () => {
    const current = recorded({ sequencer: 'F'.repeat(32) });
    const { answer, seen } = run({ outcome: { applied: false, current } });
    await expect(answer).rejects.toBeInstanceOf(Superseded);
    expect(seen.removed).toEqual([]);
  });
});

describe('if the object is still there', () => {
  const kept: [string, World][] = [
    ['a delete marker that a newer upload has replaced', { event: marker as ObjectEvent, current: earlier }],
    [
      'a deletion that a newer event has overtaken',
      { current: earlier, record: recorded({ sequencer: 'F'.repeat(32) }) },
    ],
    [
      'a deletion that another run has already processed',
      { current: earlier, record: recorded({ sequencer: deletion.sequencer, version: earlier.version }) },
    ],
    [
      'a deletion whose tombstone was written before the object came back through another event',
      {
        current: earlier,
        record: recorded({ status: 'DELETED', etag: undefined, sequencer: deletion.sequencer }),
      },
    ],
    [
      'the deletion of an object without versions that was uploaded again',
      { event: unversioned as ObjectEvent, current: { version: null, etag: 'again', size: 1 }, record: null },
    ],
  ];
  test.each(kept)('%s changes nothing', async (_, world) => {
    const { answer, seen } = run(world);
    expect(await answer).toEqual({ schema: 1, outcome: 'KEPT' });
    expect(seen).toEqual({ updates: [], removed: [], queued: [] });
  });

  const restored: [string, World][] = [
    ['the deletion of the current version', {}],
    ['the deletion of its delete marker', { record: recorded({ status: 'DELETED', etag: undefined }) }],
    ['a deletion of an unrecorded object', { record: null }],
    [
      'a deletion after versioning was suspended, when all uploads are the version "null",',
      { record: recorded({ version: earlier.version, etag: 'another' }) },
    ],
  ];
  test.each(restored)('%s brings the earlier version back, with its sequencer', async (_, world) => {
    const { answer, seen } = run({ ...world, current: earlier });
    expect(await answer).toEqual({ schema: 1, outcome: 'RESTORED' });
    expect(seen).toEqual({ updates: [], removed: [], queued: [expect.anything()] });
    const [back] = seen.queued;
    expect(back).toMatchObject({ 'detail-type': 'Object Created', detail: { object: { size: 1234 } } });
    expect(sourceOf(back as ObjectEvent)).toEqual({
      bucket: uploaded.bucket,
      key: uploaded.key,
      version: 'version-before',
      etag: 'etag-before',
      sequencer: deletion.sequencer,
    });
  });

  test('a version that cannot be queued is a failure, because nothing else would process it', async () => {
    const { answer } = run({ current: earlier, queue: () => Promise.reject(new Error('SQS is down')) });
    await expect(answer).rejects.toThrow('SQS is down');
  });

  test('the purge of a version that was not the current one keeps the record, and notes that it was survived', async () => {
    const current = { version: uploaded.version, etag: uploaded.etag, size: 1 };
    const { answer, seen } = run({ current });
    expect(await answer).toEqual({ schema: 1, outcome: 'KEPT' });
    expect(seen).toEqual({ updates: [survive(current, deletion)], removed: [], queued: [] });
  });
});

describe('an event about a deletion', () => {
  const announce: Announcer = (message) => ({ event: detailOf(message, 'pics') });

  test.each([
    ['a delete marker', marker],
    ['the deletion of its only version', purged],
    ['a deletion without versions', unversioned],
  ])('names the deletion, and is the same for every delivery of it: %s', async (_, given) => {
    const { event: detail } = await run({ event: given as ObjectEvent, announce }).answer;
    expect(detail).toEqual({
      version: '1',
      namePrefix: 'pics',
      status: 'DELETED',
      dedupeId: dedupeId(deletionOf(given as ObjectEvent), 'DELETED'),
      source: deletionOf(given as ObjectEvent),
      execution: EXECUTION,
      time: NOW.toISOString(),
    });
    expect((await run({ event: given as ObjectEvent, announce }).answer).event).toEqual(detail);
  });

  test('is left out if nothing was removed', async () => {
    expect(await run({ current: earlier, announce }).answer).toEqual({ schema: 1, outcome: 'RESTORED' });
    const current = { version: uploaded.version, etag: uploaded.etag, size: 1 };
    expect(await run({ current, announce }).answer).toEqual({ schema: 1, outcome: 'KEPT' });
  });
});

describe('if the record changes between reading and updating it', () => {
  const current = { version: uploaded.version, etag: uploaded.etag, size: 1 };
  const refused = (changes: Partial<ImageRecord>): Outcome => ({
    applied: false,
    current: recorded(changes),
  });

  test.each<[string, Partial<ImageRecord>, 'KEPT' | 'RESTORED']>([
    ['by a newer event', { sequencer: 'F'.repeat(32), version: 'newer' }, 'KEPT'],
    ['by a repeat of this one', { survivedSequencer: deletion.sequencer }, 'KEPT'],
    ['by a run of the version that was deleted', { version: 'deleted', status: 'PROCESSING' }, 'RESTORED'],
  ])('%s (%j), the answer is %s', async (_, changes, expected) => {
    const { answer } = run({ current, outcome: refused(changes) });
    expect((await answer).outcome).toBe(expected);
  });
});

test('an event that names no deletion is invalid', async () => {
  await expect(run({ event: created({ sequencer: undefined }) }).answer).rejects.toBeInstanceOf(InvalidEvent);
});
