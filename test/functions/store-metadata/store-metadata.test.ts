import { Superseded } from '../../../contract/errors';
import type { Offer, Thumbnail } from '../../../contract/image';
import type { ImageRecord } from '../../../contract/record';
import { recordId } from '../../../contract/source';
import type { Outcome } from '../../../functions/lib/records/records';
import { complete } from '../../../functions/lib/records/updates';
import { type StoreMetadataPorts, storeMetadata } from '../../../functions/store-metadata/store-metadata';
import { withLatePorts } from '../late-calls';
import { created, EXECUTION, imageOf, NOW, sourceAt, thumbnailOf } from '../support';

const source = sourceAt(5);
const image = imageOf(source);
const items: Thumbnail[] = [
  thumbnailOf(source, { variant: 'small', key: 'uploads/canyon.jpg/small.jpg' }),
  thumbnailOf(source, { variant: 'large', key: 'uploads/canyon.jpg/large.webp', format: 'webp' }),
];
const written = items.map(({ key }) => key);

/** The record of version n, as the table returns it. */
function recordOf(n: number, changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: recordId(source),
    ...sourceAt(n),
    status: 'PROCESSING',
    thumbnailKeys: new Set(written),
    execution: EXECUTION,
    startedAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
    ...changes,
  };
}

function run(outcome: Outcome, onRequest?: Offer[]) {
  const seen = { updates: [] as unknown[], removed: [] as [string, string][] };
  const state = { ...created(), image, thumbnails: { schema: 1 as const, items, onRequest } };
  const ports: StoreMetadataPorts = {
    apply: async (update) => {
      seen.updates.push(update);
      return outcome;
    },
    removeUpTo: async (sequencer, key) => {
      seen.removed.push([sequencer, key]);
    },
  };
  const answer = withLatePorts(ports, (late) => storeMetadata({ execution: EXECUTION, state }, late, NOW));
  return { answer, seen };
}

test('the thumbnails are recorded as DONE, in one update', async () => {
  const { answer, seen } = run({ applied: true, before: recordOf(5) });
  expect(await answer).toEqual({ schema: 1, id: recordId(source), status: 'DONE', notified: false });
  expect(seen.updates).toEqual([complete(image, { items }, EXECUTION, NOW)]);
  expect(seen.removed).toEqual([]);
});

test('lazy variants are recorded too, and their old thumbnails are removed', async () => {
  const offered = 'uploads/canyon.jpg/huge.jpg';
  const { bytes: _, ...offer } = thumbnailOf(source, { variant: 'huge', key: offered });
  const before = recordOf(5, { thumbnailKeys: new Set([...written, offered]) });
  const { answer, seen } = run({ applied: true, before }, [offer]);
  await answer;
  expect(seen.updates).toEqual([complete(image, { items, onRequest: [offer] }, EXECUTION, NOW)]);
  expect(seen.removed).toEqual([[source.sequencer, offered]]);
});

test('works without a record', async () => {
  const { answer, seen } = run({ applied: true, before: null });
  expect(await answer).toMatchObject({ status: 'DONE', notified: false });
  expect(seen.removed).toEqual([]);
});

describe('thumbnails that no record lists any more', () => {
  test('are removed: those of an older format, of an older preset, and of this version with another preset', async () => {
    const old = ['uploads/canyon.jpg/small.png', 'uploads/canyon.jpg/tiny.jpg'];
    const { answer, seen } = run({
      applied: true,
      before: recordOf(5, { thumbnailKeys: new Set([...old, ...written]) }),
    });
    await answer;
    expect(seen.removed).toEqual(old.map((key) => [source.sequencer, key]));
  });

  test('include those of this run if a newer version has won: they are removed, and the run is superseded', async () => {
    const { answer, seen } = run({ applied: false, current: recordOf(6) });
    await expect(answer).rejects.toBeInstanceOf(Superseded);
    expect(seen.removed).toEqual(written.map((key) => [source.sequencer, key]));
  });

  test('are not looked for if the table fails: a retry will', async () => {
    const fault = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const removed: string[] = [];
    const answer = storeMetadata(
      { execution: EXECUTION, state: { ...created(), image, thumbnails: { schema: 1, items } } },
      {
        apply: () => Promise.reject(fault),
        removeUpTo: async (_, key) => {
          removed.push(key);
        },
      },
      NOW,
    );
    await expect(answer).rejects.toBe(fault);
    expect(removed).toEqual([]);
  });
});

test('is superseded if the same deletion brought another version back', async () => {
  const { answer } = run({ applied: false, current: recordOf(5, { version: 'another' }) });
  await expect(answer).rejects.toBeInstanceOf(Superseded);
});

test.each([
  ['nobody', undefined, false],
  ['version 4', sourceAt(4).sequencer, false],
  ['this version', sourceAt(5).sequencer, true],
  ['version 6', sourceAt(6).sequencer, true],
])(
  'says whether subscribers were notified of this version, if the last notified version is %s',
  async (_, notifiedSequencer, notified) => {
    const { answer } = run({ applied: true, before: recordOf(5, { status: 'DONE', notifiedSequencer }) });
    expect(await answer).toMatchObject({ notified });
  },
);
