import { framePixels } from '../../../../functions/lib/prescan/lzw';

/** Packs codes as GIF does: the lowest bits first. `width` says how many bits each has. */
function packed(codes: readonly (readonly [code: number, width: number])[]): Uint8Array {
  const bits = codes.flatMap(([code, width]) => Array.from({ length: width }, (_, i) => (code >> i) & 1));
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >> 3]! |= bit << (i & 7);
  });
  return bytes;
}
/** Codes of pixels of two bits: 4 clears, 5 ends. A code has 3 bits, and 4 once the strings 6 and 7 are there. */
const CLEAR = 4;
const END = 5;
const codes = (...given: number[]) => packed(given.map((code) => [code, 3]));
const count = (
  data: Uint8Array,
  { transparent, wanted = 1_000 }: { transparent?: number; wanted?: number } = {},
) => framePixels([data], 2, transparent, wanted);

test.each([
  ['single pixels', codes(CLEAR, 0, 1, END), 2],
  ['without the clear code at the beginning', codes(0, 1, END), 2],
  [
    'a string that the one before has made',
    packed([
      [CLEAR, 3],
      [0, 3],
      [1, 3],
      [6, 3],
      [END, 4],
    ]),
    4,
  ],
  [
    'a string that is only being made',
    packed([
      [CLEAR, 3],
      [0, 3],
      [6, 3],
      [7, 3],
      [END, 4],
    ]),
    6,
  ],
  [
    'wider codes from the ninth string on',
    packed([
      [CLEAR, 3],
      [0, 3],
      [1, 3],
      [2, 3],
      [8, 4],
      [END, 4],
    ]),
    5,
  ],
  [
    'what follows another clear code',
    packed([
      [CLEAR, 3],
      [0, 3],
      [1, 3],
      [CLEAR, 3],
      [3, 3],
      [3, 3],
      [END, 3],
    ]),
    4,
  ],
])('%s are counted', (_, data, expected) => {
  expect(count(data).count).toBe(expected);
});

test.each([
  ['the end', codes(CLEAR, 0, END, 1), 1],
  ['a string that nothing has made', codes(CLEAR, 0, 7, 1), 1],
  ['a string that would be made of nothing', codes(CLEAR, 6, 1, 1), 0],
  ['data that are cut off within a code', codes(CLEAR, 0, 1).subarray(0, 1), 1],
  ['no data', new Uint8Array(), 0],
])('counting ends with %s', (_, data, expected) => {
  expect(count(data).count).toBe(expected);
});

test('counting ends once there are as many as wanted', () => {
  const data = codes(CLEAR, 0, 1, 2);
  expect([1, 2, 3].map((wanted) => count(data, { wanted }).count)).toEqual([1, 2, 3]);
});

test('data may be in any number of blocks', () => {
  const data = codes(CLEAR, 0, 1, 2, 3);
  const each = [...data].map((byte) => Uint8Array.of(byte));
  expect(framePixels(each, 2, undefined, 1_000)).toEqual(framePixels([data], 2, undefined, 1_000));
});

test.each([
  [0, 0],
  [1, 1],
  [11, 1],
  [12, 0],
])('pixels of %d bits: %d of one are counted', (size, expected) => {
  const data = packed([
    [1 << size, size + 1],
    [0, size + 1],
    [(1 << size) + 1, size + 1],
  ]);
  expect(framePixels([data], size, undefined, 10).count).toBe(expected);
});

test.each([
  ['a pixel of another colour', codes(CLEAR, 1, 2, END), 1, true],
  ['only pixels of the transparent colour', codes(CLEAR, 1, 1, END), 1, false],
  ['no transparent colour', codes(CLEAR, 1, 1, END), undefined, true],
  ['a transparent colour that no pixel can have', codes(CLEAR, 1, 1, END), 4, true],
  [
    'a string that begins transparent and ends in a colour',
    packed([
      [CLEAR, 3],
      [1, 3],
      [0, 3],
    ]),
    1,
    true,
  ],
  [
    'a string of the transparent colour',
    packed([
      [CLEAR, 3],
      [1, 3],
      [6, 3],
      [7, 3],
      [END, 4],
    ]),
    1,
    false,
  ],
  ['no pixels', codes(CLEAR, END), undefined, false],
])('of %s it is known whether something shows', (_, data, transparent, expected) => {
  expect(framePixels([data], 2, transparent, 1_000).isVisible).toBe(expected);
});

test('the longest strings have codes of 12 bits, after which none is made', () => {
  // Each code is the string that it makes: the strings have one pixel more each time.
  const given: [number, number][] = [
    [CLEAR, 3],
    [0, 3],
  ];
  let expected = 1;
  let width = 3;
  for (let code = 6, length = 2; code < 4_096; code++, length++) {
    given.push([code, width]);
    expected += length;
    if (code + 1 === 1 << width && width < 12) width++;
  }
  given.push([4_095, 12], [0, 12]);
  expect(count(packed(given), { wanted: Number.POSITIVE_INFINITY }).count).toBe(expected + 4_091 + 1);
});
