import { readWork } from '../../../../functions/lib/prescan/avif-work';
import { Reader } from '../../../../functions/lib/prescan/reader';
import { box, fullBox, u16be, u32be } from './build';

const ispe = (width: number, height: number) => fullBox('ispe', 0, u32be(width), u32be(height));

/** Which properties each item has: indices from 1. */
function ipma(items: Record<number, number[]>, { version = 0, isWide = false } = {}): Buffer {
  const entries = Object.entries(items).map(([item, indices]) =>
    Buffer.concat([
      version === 0 ? u16be(Number(item)) : u32be(Number(item)),
      Buffer.from([indices.length]),
      ...indices.map((index) => (isWide ? u16be(index) : Buffer.from([index]))),
    ]),
  );
  return box('ipma', Buffer.from([version, 0, 0, isWide ? 1 : 0]), u32be(entries.length), ...entries);
}

/** Which items each item is made of. */
const iref = (kind: string, of: readonly (readonly [item: number, sources: number[]])[], version = 0) =>
  fullBox(
    'iref',
    version,
    ...of.map(([item, sources]) => {
      const id = (n: number) => (version === 0 ? u16be(n) : u32be(n));
      return box(kind, id(item), u16be(sources.length), ...sources.map(id));
    }),
  );
const dimg = (...of: (readonly [item: number, sources: number[]])[]) => iref('dimg', of);
const properties = (list: Buffer[], items: Buffer) => box('iprp', box('ipco', ...list), items);

function work(parts: Buffer[], { primary = 1, limit = 1_000 } = {}) {
  const bytes = fullBox('meta', 0, ...parts);
  const meta = { type: 'meta', start: 0, body: 8, end: bytes.length };
  return readWork(new Reader(bytes), meta, primary, limit);
}

const sizes = [ispe(10, 20), ispe(30, 40), ispe(5, 2)];
const three = properties(sizes, ipma({ 1: [1], 2: [2], 3: [3] }));

test.each<[string, Buffer[], object]>([
  ['one picture', [properties(sizes, ipma({ 1: [1] }))], { pixels: 200, parts: 1 }],
  ['each picture of a file', [three], { pixels: 1_410, parts: 3 }],
  ['the larger of two sizes', [properties(sizes, ipma({ 1: [1, 2, 3] }))], { pixels: 1_200, parts: 3 }],
  [
    'an item without a property as a part',
    [properties(sizes, ipma({ 1: [1], 2: [] }))],
    { pixels: 200, parts: 2 },
  ],
  [
    'a property that is no size as a part',
    [properties([box('free'), ispe(1, 7)], ipma({ 1: [1, 2] }))],
    { pixels: 7, parts: 2 },
  ],
  [
    'items with long numbers',
    [properties(sizes, ipma({ 70000: [2] }, { version: 1 }))],
    { pixels: 1_200, parts: 1 },
  ],
  ['long indices', [properties(sizes, ipma({ 1: [0x8002] }, { isWide: true }))], { pixels: 1_200, parts: 1 }],
  ['indices whose top bit is set', [properties(sizes, ipma({ 1: [0x82] }))], { pixels: 1_200, parts: 1 }],
  [
    'only the properties of their own container',
    [box('iprp', box('ipco', ispe(10, 20)), box('free', ispe(99, 99)), ipma({ 1: [1] }))],
    { pixels: 200, parts: 1 },
  ],
  ['nothing where there is nothing', [], { pixels: 0, parts: 0 }],
])('%s', (_, parts, expected) => {
  expect(work(parts)).toEqual(expected);
});

test.each<[string, Buffer, number, number]>([
  ['a picture of others, each time that it uses one', dimg([1, [2, 2, 3]]), 1, 2 * 1_200 + 10],
  ['the primary picture once more if another uses it', dimg([2, [1]]), 1, 200 + 200 + 10],
  ['a source that no other uses, and the rest', dimg([1, [3]]), 1, 10 + 1_200],
  ['a picture of pictures of pictures', dimg([1, [2]], [2, [4]], [4, [3]]), 1, 10],
  [
    'one more level than a camera makes',
    dimg([1, [2]], [2, [4]], [4, [5]], [5, [3]]),
    1,
    Number.POSITIVE_INFINITY,
  ],
  ['a picture of itself', dimg([1, [1]]), 1, Number.POSITIVE_INFINITY],
  ['a picture of one that is not there', dimg([1, [9]]), 1, Number.POSITIVE_INFINITY],
  ['two lists of one picture', dimg([1, [3]], [1, [3]]), 1, 1_200 + 20],
  ['references with long numbers', iref('dimg', [[1, [3, 3]]], 1), 1, 1_200 + 20],
  ['no reference of another kind', iref('thmb', [[1, [3, 3]]]), 1, 1_410],
])('%s', (_, references, primary, pixels) => {
  expect(work([three, references], { primary }).pixels).toBe(pixels);
});

test('counting stops above the limit, wherever that is', () => {
  const parts = [three, dimg([1, [2, 2]])];
  expect(work(parts, { limit: 5 })).toEqual({ pixels: 2_400 + 10, parts: 5 });
  for (const limit of [4, 3, 2, 0]) expect(work(parts, { limit })).toEqual({ pixels: 0, parts: limit + 1 });
});

test.each([
  [64, 1],
  [65, 2],
  [128, 2],
  [129, 3],
])('a box of %d bytes with the parameters of HEVC counts as %d parts', (size, parts) => {
  const hvcC = box('hvcC', Buffer.alloc(size - 8));
  expect(work([properties([hvcC, ispe(2, 3)], ipma({ 1: [2] }))])).toEqual({ pixels: 6, parts: parts + 1 });
});
