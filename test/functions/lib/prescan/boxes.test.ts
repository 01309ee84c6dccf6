import { countBoxes } from '../../../../functions/lib/prescan/box-count';
import { boxes, findBox } from '../../../../functions/lib/prescan/boxes';
import { Reader } from '../../../../functions/lib/prescan/reader';

const u32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};
/** A box, whose size may be stated otherwise than it is. */
function box(type: string, body: Buffer = Buffer.alloc(0), size = 8 + body.length): Buffer {
  return Buffer.concat([u32(size), Buffer.from(type, 'latin1'), body]);
}
/** A box whose size has 64 bits. */
const wide = (type: string, body: Buffer, size = 16 + body.length) =>
  Buffer.concat([u32(1), Buffer.from(type, 'latin1'), u32(0), u32(size), body]);

const listed = (bytes: Buffer, start = 0, end = bytes.length) =>
  [...boxes(new Reader(bytes), start, end)].map(({ type, start, body, end }) => [type, start, body, end]);

test('boxes follow one another, whatever the size of the number that says how long each is', () => {
  const bytes = Buffer.concat([box('ftyp', Buffer.alloc(4)), wide('mdat', Buffer.alloc(3)), box('free')]);
  expect(listed(bytes)).toEqual([
    ['ftyp', 0, 8, 12],
    ['mdat', 12, 28, 31],
    ['free', 31, 39, 39],
  ]);
  expect(listed(bytes, 12, 31)).toEqual([['mdat', 12, 28, 31]]);
});

test('a box without a size goes on to the end of the box around it', () => {
  expect(listed(box('mdat', Buffer.alloc(5), 0), 0, 11)).toEqual([['mdat', 0, 8, 11]]);
});

test('a box may say that it goes on past the bytes, and one is the last', () => {
  expect(listed(box('mdat', Buffer.alloc(2), 100), 0, 1_000)).toEqual([['mdat', 0, 8, 100]]);
});

test.each([
  ['a size smaller than its own header', box('free', Buffer.alloc(9), 7), []],
  ['a size of exactly its header', box('free', Buffer.alloc(0), 8), [['free', 0, 8, 8]]],
  ['a wide size smaller than its header', wide('free', Buffer.alloc(9), 15), []],
  ['a wide size of exactly its header', wide('free', Buffer.alloc(0), 16), [['free', 0, 16, 16]]],
  ['a header that is cut off', box('free').subarray(0, 7), []],
  ['a wide size that is cut off', wide('free', Buffer.alloc(0)).subarray(0, 15), []],
])('%s', (_, bytes, expected) => {
  expect(listed(bytes)).toEqual(expected);
});

test('the first box of a type is found, or none', () => {
  const bytes = Buffer.concat([box('free'), box('meta', Buffer.alloc(1)), box('meta')]);
  const reader = new Reader(bytes);
  expect(findBox(reader, 'meta', 0, bytes.length)).toMatchObject({ start: 8, end: 17 });
  expect(findBox(reader, 'moov', 0, bytes.length)).toBeUndefined();
});

describe('counting', () => {
  const count = (bytes: Buffer, limit = 100) => countBoxes(new Reader(bytes), limit);
  const two = Buffer.concat([box('free'), box('free')]);
  const full = Buffer.alloc(4);

  test.each([
    ['a box whose children nobody reads', box('moov', two), 1],
    ['properties', box('iprp', box('ipco', two)), 4],
    ['metadata, after the version', box('meta', Buffer.concat([full, two])), 3],
    ['references, after the version', box('iref', Buffer.concat([full, two])), 3],
    ['items, after a count of 16 bits', box('iinf', Buffer.concat([full, Buffer.alloc(2), two])), 3],
    [
      'items, after a count of 32 bits',
      box('iinf', Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(4), two])),
      3,
    ],
    ['a container that is empty', box('iinf'), 1],
    ['a name that every object has', box('toString'.slice(0, 4), two), 1],
  ])('%s', (_, bytes, expected) => {
    expect(count(bytes)).toBe(expected);
    expect(count(Buffer.concat([bytes, two]))).toBe(expected + 2);
  });

  test('stops at one more than the limit', () => {
    const many = Buffer.concat(Array.from({ length: 9 }, () => box('free')));
    expect([count(many, 9), count(many, 8), count(many, 3)]).toEqual([9, 9, 4]);
    expect(count(box('iprp', many), 3)).toBe(4);
  });
});
