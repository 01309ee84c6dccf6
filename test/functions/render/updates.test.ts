import type { ImageRecord } from '../../../contract/record';
import { complete } from '../../../functions/lib/records/updates';
import { adopt, begin, end, endsProcess, list, note, recordOf } from '../../../functions/render/updates';
import { EXECUTION, imageOf, NOW, sourceAt, thumbnailOf } from '../support';
import { type RecordsTable, recordsTable } from '../table';

let table: RecordsTable;
beforeAll(async () => {
  table = await recordsTable();
});
afterAll(() => table.close());

let keys = 0;
const made = (file: string) => thumbnailOf(source, { variant: file, key: `${source.key}/${file}.jpg` });
const offer = (file: string) => {
  const { bytes: _, ...rest } = made(file);
  return { ...rest, url: `https://cdn.example.com/${file}` };
};

let source = sourceAt(5);
/** DONE, with one thumbnail and two offers. */
let record: ImageRecord;
beforeEach(async () => {
  source = sourceAt(5, { key: `uploads/${++keys}.jpg` });
  const thumbnails = { items: [made('small')], onRequest: [offer('large'), offer('huge')] };
  await table.records.apply(complete(imageOf(source), thumbnails, EXECUTION, NOW));
  record = (await table.get(source)) as ImageRecord;
});

test("a thumbnail that is listed keeps the URL it was offered with, and the record's times stay in order", async () => {
  const before = new Date(NOW.getTime() - 60_000); // of a function whose clock is slow
  expect(await table.records.apply(list(record, made('large'), before))).toMatchObject({ applied: true });
  expect(await table.get(source)).toEqual({
    ...record,
    thumbnails: [made('small'), { ...made('large'), url: 'https://cdn.example.com/large' }],
    onRequest: [offer('huge')],
    updatedAt: '2026-03-12T02:08:00.001Z',
  });
});

test('a thumbnail that is already listed is replaced, and not listed twice', async () => {
  const smaller = { ...made('small'), bytes: 1 };
  await table.records.apply(list(record, smaller, NOW));
  expect((await table.get(source))?.thumbnails).toEqual([smaller]);
});

test('if two are listed at once, the second reads the record again, so neither is lost', async () => {
  await table.records.apply(list(record, made('large'), NOW));
  const refused = await table.records.apply(list(record, made('huge'), NOW));
  if (refused.applied) throw new Error('Expected the update to be refused');
  await table.records.apply(list(refused.current, made('huge'), NOW));
  const after = await table.get(source);
  expect(after?.thumbnails?.map(({ variant }) => variant)).toEqual(['small', 'large', 'huge']);
  expect(after).not.toHaveProperty('onRequest');
});

describe('decodings that have not ended', () => {
  const after = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const current = async () => (await table.get(source)) as ImageRecord;
  const begun = async (read: ImageRecord, minutes: number) =>
    (await table.records.apply(begin(read, made('large').key, after(minutes)))).applied;

  test('are counted up to two, and of more the time stays, so that it passes however often one begins', async () => {
    const counts = [];
    for (const minutes of [0, 1, 2, 3]) {
      expect(await begun(await current(), minutes)).toBe(true);
      counts.push((await current()).unfinished);
    }
    const second = { count: 2, since: after(1).toISOString() };
    expect(counts).toEqual([{ count: 1, since: NOW.toISOString() }, second, second, second]);
  });

  test('count once if they begin at the same time', async () => {
    expect(await begun(record, 0)).toBe(true);
    expect(await begun(record, 1)).toBe(false);
    expect((await current()).unfinished?.count).toBe(1);
  });

  test.each([
    ['a thumbnail is listed', () => list(record, made('large'), NOW)],
    ['one fails', () => end(record)],
  ])('are forgotten when %s, and one that had read of them before adds none', async (_, ended) => {
    await begun(record, 0);
    const read = await current();
    expect(await table.records.apply(ended())).toMatchObject({ applied: true });
    expect(await current()).not.toHaveProperty('unfinished');
    expect(await begun(read, 1)).toBe(false);
    expect(await current()).not.toHaveProperty('unfinished');
  });

  test.each([
    [undefined, 10, false],
    [1, 10, false],
    [2, 2, false],
    [2, 2.1, true],
  ])('%s of them after %d minutes: the image ends its process: %s', (count, minutes, expected) => {
    const unfinished = count && { count, since: NOW.toISOString() };
    expect(endsProcess({ ...record, ...(unfinished && { unfinished }) }, after(minutes))).toBe(expected);
  });
});

describe.each([
  ['of another version', { version: 'other' }],
  ['of another content', { etag: 'other' }],
  ['of another event', { sequencer: sourceAt(4).sequencer }],
])('a record that is %s', (_, change) => {
  test('is left alone', async () => {
    const read = { ...record, ...change };
    expect(await table.records.apply(note(read, 'k'))).toEqual({ applied: false, current: record });
    expect(await table.records.apply(list(read, made('large'), NOW))).toMatchObject({ applied: false });
    expect(await table.get(source)).toEqual(record);
  });
});

test('a record is only created for an object that has none', async () => {
  const image = imageOf({ ...source, key: `new/${source.key}` });
  const adopted = recordOf(image, [], 'on request', NOW);
  expect(await table.records.apply(adopt(adopted))).toEqual({ applied: true, before: null });
  expect(await table.get(image.source)).toEqual(adopted);
  const other = recordOf(imageOf(source), [], 'on request', NOW);
  expect(await table.records.apply(adopt(other))).toEqual({ applied: false, current: record });
});
