import type { ImageRecord, Status } from '../../../../contract/record';
import type { Source } from '../../../../contract/source';
import {
  claim,
  complete,
  fail,
  failAgain,
  markNotified,
  survive,
  tombstone,
} from '../../../../functions/lib/records/updates';
import { DETAILS, EXECUTION, imageOf, NOW, sourceAt, thumbnailOf } from '../../support';
import { type RecordsTable, recordsTable } from '../../table';

let table: RecordsTable;
beforeAll(async () => {
  table = await recordsTable();
});
afterAll(() => table.close());

const failure = { error: { name: 'CorruptImage', message: 'broken' }, quarantine: null };
const operations = {
  claim: (source: Source) => claim(imageOf(source), [`${source.key}/claimed.jpg`], EXECUTION, NOW),
  complete: (source: Source) => complete(imageOf(source), { items: [thumbnailOf(source)] }, EXECUTION, NOW),
  fail: (source: Source) => fail(source, failure, EXECUTION, NOW),
  delete: (source: Source) => tombstone(source, EXECUTION, NOW, 14),
};
type Operation = keyof typeof operations;
const statusAfter: Record<Operation, Status> = {
  claim: 'PROCESSING',
  complete: 'DONE',
  fail: 'FAILED',
  delete: 'DELETED',
};
const operationFor = Object.fromEntries(
  Object.entries(statusAfter).map(([operation, status]) => [status, operation]),
) as Record<Status, Operation>;

/** The event compared with what is recorded at version 5; `twin` is other content with the same sequencer. */
const events = {
  older: (key: string) => sourceAt(4, { key }),
  same: (key: string) => sourceAt(5, { key }),
  newer: (key: string) => sourceAt(6, { key }),
  twin: (key: string) => sourceAt(5, { key, etag: 'another' }),
};
type Event = keyof typeof events;

const [yes, no] = ['applied', 'refused'];
const outcomes: [Operation, Event, Record<Status, string>][] = [
  ['claim', 'older', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['claim', 'same', { PROCESSING: yes, DONE: no, FAILED: yes, DELETED: no }],
  ['claim', 'newer', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: yes }],
  ['claim', 'twin', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['complete', 'older', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['complete', 'same', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: no }],
  ['complete', 'newer', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: yes }],
  ['complete', 'twin', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['fail', 'older', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['fail', 'same', { PROCESSING: yes, DONE: no, FAILED: yes, DELETED: no }],
  ['fail', 'newer', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: yes }],
  ['fail', 'twin', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['delete', 'older', { PROCESSING: no, DONE: no, FAILED: no, DELETED: no }],
  ['delete', 'same', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: yes }],
  ['delete', 'newer', { PROCESSING: yes, DONE: yes, FAILED: yes, DELETED: yes }],
];
const rules = outcomes.flatMap(([operation, event, byStatus]) =>
  (Object.entries(byStatus) as [Status, string][]).map(
    ([recorded, outcome]) => [operation, event, recorded, outcome] as const,
  ),
);

/** What every record of a version contains; a tombstone has no etag. */
const nameOf = ({ etag: _, ...name }: Source) => name;

let keys = 0;
const freshKey = () => `uploads/${keys++}.jpg`;

describe('the first update for an object is applied', () => {
  test.each(Object.keys(operations) as Operation[])('%s', async (operation) => {
    const source = sourceAt(1, { key: freshKey() });
    expect(await table.records.apply(operations[operation](source))).toEqual({ applied: true, before: null });
    expect(await table.get(source)).toMatchObject({ ...nameOf(source), status: statusAfter[operation] });
  });
});

describe('an update against what is recorded', () => {
  test.each(rules)(
    '%s of the %s version, with %s recorded, is %s',
    async (operation, event, recorded, outcome) => {
      const key = freshKey();
      await table.records.apply(operations[operationFor[recorded]](sourceAt(5, { key })));
      const before = (await table.get({ bucket: sourceAt(5).bucket, key })) as ImageRecord;

      const source = events[event](key);
      const result = await table.records.apply(operations[operation](source));

      const after = await table.get(source);
      if (outcome === 'applied') {
        expect(result).toEqual({ applied: true, before });
        expect(after).toMatchObject({ ...nameOf(source), status: statusAfter[operation] });
      } else {
        expect(result).toEqual({ applied: false, current: before });
        expect(after).toEqual(before);
      }
    },
  );
});

describe('a version that was still the current one after a deletion', () => {
  /** Version 5 is recorded, and has survived the deletion at 7, which was of a version in between. */
  async function survivor(operation: Operation) {
    const key = freshKey();
    const source = sourceAt(5, { key });
    await table.records.apply(operations[operation](source));
    const result = await table.records.apply(survive(source, sourceAt(7, { key, version: 'deleted' })));
    return { key, source, result };
  }

  test.each(['claim', 'complete', 'fail'] as const)(
    'says so, whether its run is under way or has ended (%s)',
    async (operation) => {
      const { source, result } = await survivor(operation);
      expect(result).toMatchObject({ applied: true });
      expect(await table.get(source)).toMatchObject({
        ...source,
        status: statusAfter[operation],
        survivedSequencer: sourceAt(7).sequencer,
      });
    },
  );

  test.each(Object.keys(operations) as Operation[])(
    'is not replaced by a late run for what was deleted: %s',
    async (operation) => {
      const { key, source } = await survivor('complete');
      for (const n of [6, 7]) {
        expect(await table.records.apply(operations[operation](sourceAt(n, { key })))).toMatchObject({
          applied: false,
        });
      }
      expect(await table.get(source)).toMatchObject({ ...source, status: 'DONE' });
    },
  );

  test.each(Object.keys(operations) as Operation[])('gives way to later events: %s', async (operation) => {
    const { key } = await survivor('complete');
    const next = sourceAt(8, { key });
    expect(await table.records.apply(operations[operation](next))).toMatchObject({ applied: true });
    expect(await table.get(next)).toMatchObject({ ...nameOf(next), status: statusAfter[operation] });
  });

  test('can continue its own run', async () => {
    const { source } = await survivor('claim');
    expect(await table.records.apply(operations.complete(source))).toMatchObject({ applied: true });
  });

  test.each<[string, (key: string) => Source]>([
    ['another version', (key) => sourceAt(5, { key, version: 'other' })],
    ['another content', (key) => sourceAt(5, { key, etag: 'other' })],
  ])('is not %s than the recorded one', async (_, other) => {
    const key = freshKey();
    await table.records.apply(operations.complete(sourceAt(5, { key })));
    const result = await table.records.apply(survive(other(key), sourceAt(7, { key })));
    expect(result).toMatchObject({ applied: false });
  });

  test('has survived no deletion that has its own place in the order', async () => {
    const source = sourceAt(5, { key: freshKey() });
    await table.records.apply(operations.complete(source));
    expect(await table.records.apply(survive(source, source))).toMatchObject({ applied: false });
    expect(await table.get(source)).not.toHaveProperty('survivedSequencer');
  });

  test('has survived the latest deletion, in whatever order they come', async () => {
    const { key, source } = await survivor('complete');
    expect(await table.records.apply(survive(source, sourceAt(6, { key })))).toMatchObject({
      applied: false,
    });
    expect(await table.records.apply(survive(source, sourceAt(9, { key })))).toMatchObject({ applied: true });
    expect(await table.get(source)).toMatchObject({ survivedSequencer: sourceAt(9).sequencer });
  });
});

describe('what a record holds', () => {
  test('while PROCESSING: the image, the execution, and its place in the index of images in progress', async () => {
    const source = sourceAt(1, { key: freshKey() });
    await table.records.apply(claim(imageOf(source), ['a', 'b'], EXECUTION, NOW));
    expect(await table.get(source)).toEqual({
      id: `${source.bucket}/${source.key}`,
      ...source,
      status: 'PROCESSING',
      image: { format: 'jpeg', width: 4000, height: 3000, frames: 1, bytes: 466_123 },
      preset: { name: 'default', hash: '0123456789ab' },
      thumbnailKeys: new Set(['a', 'b']),
      execution: EXECUTION,
      startedAt: NOW.toISOString(),
      updatedAt: NOW.toISOString(),
      processingShard: expect.stringMatching(/^[0-9a-f]$/),
    });
  });

  test('once DONE: the thumbnails, and when the work began and ended', async () => {
    const source = sourceAt(1, { key: freshKey() });
    const later = new Date(NOW.getTime() + 5_000);
    await table.records.apply(operations.claim(source));
    await table.records.apply(complete(imageOf(source), { items: [thumbnailOf(source)] }, EXECUTION, later));
    expect(await table.get(source)).toEqual({
      id: `${source.bucket}/${source.key}`,
      ...source,
      status: 'DONE',
      image: { format: 'jpeg', width: 4000, height: 3000, frames: 1, bytes: 466_123 },
      preset: { name: 'default', hash: '0123456789ab' },
      thumbnails: [thumbnailOf(source)],
      thumbnailKeys: new Set([`${source.key}/claimed.jpg`, `${source.key}/thumbnail.jpg`]),
      execution: EXECUTION,
      startedAt: NOW.toISOString(),
      updatedAt: later.toISOString(),
    });
  });

  test('once DONE: the variants made on request, until there are none, it fails or it is deleted', async () => {
    const source = sourceAt(1, { key: freshKey() });
    const { bytes: _, ...offer } = thumbnailOf(source, { variant: 'huge' });
    const offering = complete(imageOf(source), { items: [], onRequest: [offer] }, EXECUTION, NOW);
    await table.records.apply(offering);
    const record = await table.get(source);
    expect(record).toMatchObject({ status: 'DONE', thumbnails: [], onRequest: [offer] });
    expect(record).not.toHaveProperty('thumbnailKeys');
    for (const operation of ['complete', 'fail', 'delete'] as const) {
      await table.records.apply(offering);
      await table.records.apply(operations[operation](sourceAt(2, { key: source.key })));
      expect(await table.get(source)).not.toHaveProperty('onRequest');
    }
  });

  test.each(['complete', 'fail', 'delete'] as const)(
    'once DONE: the details, until a newer event takes them away: %s',
    async (operation) => {
      const source = sourceAt(1, { key: freshKey() });
      const { bytes: _, ...offer } = thumbnailOf(source, { variant: 'huge' });
      const given = { onRequest: [offer], ...DETAILS };
      await table.records.apply(complete(imageOf(source), { items: [], ...given }, EXECUTION, NOW));
      expect(await table.get(source)).toMatchObject(given);
      await table.records.apply(operations[operation](sourceAt(2, { key: source.key })));
      const record = await table.get(source);
      expect(record?.status).toBe(statusAfter[operation]);
      for (const name of Object.keys(given)) expect(record).not.toHaveProperty(name);
    },
  );

  test('of an image whose variants are all made on request: no keys', async () => {
    const source = sourceAt(1, { key: freshKey() });
    await table.records.apply(claim(imageOf(source), [], EXECUTION, NOW));
    expect(await table.get(source)).not.toHaveProperty('thumbnailKeys');
  });

  test('once FAILED: the reason, the copy, and the place in the index of failures by day', async () => {
    const source = sourceAt(1, { key: freshKey() });
    const quarantine = { bucket: 'quarantine', key: source.key };
    await table.records.apply(operations.claim(source));
    await table.records.apply(fail(source, { ...failure, quarantine }, EXECUTION, NOW));
    const record = await table.get(source);
    expect(record).toMatchObject({
      status: 'FAILED',
      error: failure.error,
      quarantine,
      failedDay: '2026-03-12',
    });
    expect(record).not.toHaveProperty('processingShard');
  });

  test('once DELETED: its sequencer, the keys to remove, and when it expires', async () => {
    const source = sourceAt(1, { key: freshKey() });
    await table.records.apply(operations.complete(source));
    await table.records.apply(operations.fail(sourceAt(2, { key: source.key })));
    const deletion = sourceAt(3, { key: source.key });
    await table.records.apply(operations.delete(deletion));
    expect(await table.get(source)).toEqual({
      id: `${source.bucket}/${source.key}`,
      ...nameOf(deletion),
      status: 'DELETED',
      thumbnailKeys: new Set([`${source.key}/thumbnail.jpg`]),
      execution: EXECUTION,
      updatedAt: NOW.toISOString(),
      expiresAt: NOW.getTime() / 1000 + 14 * 24 * 60 * 60,
    });
  });

  test('an object that comes back is no longer set to expire', async () => {
    for (const operation of ['claim', 'complete', 'fail'] as const) {
      const key = freshKey();
      await table.records.apply(operations.delete(sourceAt(1, { key })));
      await table.records.apply(operations[operation](sourceAt(2, { key })));
      expect(await table.get(sourceAt(2, { key }))).not.toHaveProperty('expiresAt');
    }
  });

  test('a new attempt after a failure removes the reason and leaves the index of failures', async () => {
    for (const operation of ['claim', 'complete'] as const) {
      const source = sourceAt(1, { key: freshKey() });
      await table.records.apply(operations.fail(source));
      await table.records.apply(operations[operation](source));
      const record = await table.get(source);
      expect(record).toMatchObject({ status: statusAfter[operation] });
      for (const gone of ['error', 'quarantine', 'failedDay']) expect(record).not.toHaveProperty(gone);
    }
  });

  test('says why there is no copy of what failed', async () => {
    const source = sourceAt(1, { key: freshKey() });
    const note = 'no copy: the original was deleted in the meantime';
    await table.records.apply(fail(source, { ...failure, quarantine: null, note }, EXECUTION, NOW));
    expect(await table.get(source)).toMatchObject({ status: 'FAILED', quarantine: null, note });
    await table.records.apply(fail(source, { ...failure, quarantine: null }, EXECUTION, NOW));
    expect(await table.get(source)).not.toHaveProperty('note');
  });

  describe('of which another run fails once it is DONE', () => {
    const lastError = { ...failure.error, execution: 'again', time: NOW.toISOString() };
    const noted = async () => {
      const source = sourceAt(5, { key: freshKey() });
      await table.records.apply(operations.complete(source));
      expect(await table.records.apply(failAgain(source, failure.error, 'again', NOW))).toMatchObject({
        applied: true,
      });
      return source;
    };

    test('says both, and is in the index of failures', async () => {
      const source = await noted();
      expect(await table.get(source)).toMatchObject({
        status: 'DONE',
        thumbnails: [thumbnailOf(source)],
        lastError,
        failedDay: '2026-03-12',
      });
    });

    test.each(['claim', 'complete', 'fail', 'delete'] as const)(
      'says so until the %s of a newer version',
      async (operation) => {
        const source = await noted();
        await table.records.apply(operations[operation](sourceAt(6, { key: source.key })));
        expect(await table.get(source)).not.toHaveProperty('lastError');
      },
    );

    test('says so until a run of the same version succeeds', async () => {
      const source = await noted();
      await table.records.apply(operations.claim(source));
      await table.records.apply(operations.fail(source));
      expect(await table.get(source)).toMatchObject({ status: 'DONE', lastError });
      await table.records.apply(operations.complete(source));
      const record = await table.get(source);
      for (const gone of ['lastError', 'failedDay']) expect(record).not.toHaveProperty(gone);
    });

    test.each([
      ['an older version', 4, {}],
      ['a newer version', 6, {}],
      ['another content', 5, { etag: 'other' }],
    ])('is noted by a run of that version alone: not by one of %s', async (_, n, changes) => {
      const source = sourceAt(5, { key: freshKey() });
      await table.records.apply(operations.complete(source));
      const other = sourceAt(n, { key: source.key, ...changes });
      expect(await table.records.apply(failAgain(other, failure.error, 'again', NOW))).toMatchObject({
        applied: false,
      });
    });
  });

  test('while a newer version is PROCESSING, the thumbnails of the one before are still listed', async () => {
    const [first, second] = [sourceAt(1, { key: 'again.jpg' }), sourceAt(2, { key: 'again.jpg' })];
    await table.records.apply(operations.complete(first));
    await table.records.apply(operations.claim(second));
    expect(await table.get(second)).toMatchObject({ status: 'PROCESSING', thumbnails: [thumbnailOf(first)] });
  });

  test('an object in a bucket without versions has a null version, and its etag identifies the content', async () => {
    const source = sourceAt(1, { key: freshKey(), version: null });
    await table.records.apply(operations.complete(source));
    expect(await table.get(source)).toMatchObject({ version: null, etag: 'etag-1' });
    expect(await table.records.apply(operations.claim({ ...source, etag: 'other' }))).toMatchObject({
      applied: false,
    });
  });

  test('every key that a run may have written is kept, across all versions', async () => {
    const key = freshKey();
    await table.records.apply(claim(imageOf(sourceAt(1, { key })), ['a', 'b'], EXECUTION, NOW));
    await table.records.apply(claim(imageOf(sourceAt(2, { key })), ['b', 'c'], EXECUTION, NOW));
    await table.records.apply(claim(imageOf(sourceAt(1, { key })), ['d'], EXECUTION, NOW));
    expect((await table.get(sourceAt(1, { key })))?.thumbnailKeys).toEqual(new Set(['a', 'b', 'c']));
  });

  test('images in progress are spread over the shards of their index', async () => {
    const shards = Array.from({ length: 200 }, (_, n) => {
      const update = operations.claim(sourceAt(1, { key: `uploads/${n}.jpg` }));
      return update.ExpressionAttributeValues[':processingShard'];
    });
    expect(new Set(shards).size).toBe(16);
  });
});

describe('that subscribers were notified', () => {
  test.each([
    ['older', no],
    ['same', no],
    ['newer', yes],
  ] as const)('of the %s version is %s if they were notified of version 5', async (event, outcome) => {
    const key = freshKey();
    await table.records.apply(operations.complete(sourceAt(5, { key })));
    await table.records.apply(markNotified(sourceAt(5, { key })));
    const source = events[event](key);
    expect(await table.records.apply(markNotified(source))).toMatchObject({ applied: outcome === 'applied' });
    expect(await table.get(source)).toMatchObject({
      notifiedSequencer: sourceAt(outcome === 'applied' ? 6 : 5).sequencer,
      status: 'DONE',
      sequencer: sourceAt(5).sequencer,
    });
  });

  test('is remembered when a newer version begins, and when the same one is repeated', async () => {
    const key = freshKey();
    const [first, second] = [sourceAt(1, { key }), sourceAt(2, { key })];
    await table.records.apply(operations.complete(first));
    await table.records.apply(markNotified(first));
    await table.records.apply(operations.complete(first));
    await table.records.apply(operations.claim(second));
    expect(await table.get(first)).toMatchObject({ notifiedSequencer: first.sequencer });
  });
});

test('a record is found in its current state, or not at all', async () => {
  const source = sourceAt(1, { key: freshKey() });
  expect(await table.records.find(source)).toBeNull();
  await table.records.apply(operations.claim(source));
  expect(await table.records.find(source)).toEqual(await table.get(source));
});

test('an error other than a failed condition is passed on', async () => {
  const update = operations.claim(sourceAt(1));
  await expect(table.records.apply({ ...update, UpdateExpression: 'SET' })).rejects.toMatchObject({
    name: 'ValidationException',
  });
});
