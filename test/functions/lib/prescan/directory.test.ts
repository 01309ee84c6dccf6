import {
  entriesOf,
  firstShort,
  MOST_ENTRIES,
  nextField,
  rational,
  readEntries,
  readNext,
  readTiffHeader,
} from '../../../../functions/lib/prescan/directory';
import { EndOfBytes, Reader } from '../../../../functions/lib/prescan/reader';

/** Writes numbers of 1, 2, 4 or 8 bytes, in one order of bytes. */
function written(littleEndian: boolean, ...numbers: (readonly [value: number, size: number])[]): Buffer {
  return Buffer.concat(
    numbers.map(([value, size]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(value));
      const last = bytes.subarray(8 - size);
      return littleEndian ? Buffer.from(last).reverse() : last;
    }),
  );
}

interface Entry {
  tag: number;
  type: number;
  count?: number;
  /** The last field, as numbers and their sizes. */
  value: readonly (readonly [value: number, size: number])[];
}

/** A directory that begins at the second byte, so that places count from there. */
function directory(
  entries: readonly Entry[],
  { big = false, littleEndian = true, next = 0, count = entries.length } = {},
) {
  const wide = big ? 8 : 4;
  const body = entries.map(({ tag, type, count = 1, value }) => {
    const last = written(littleEndian, ...value);
    const field = Buffer.concat([last, Buffer.alloc(wide - last.length)]);
    return Buffer.concat([written(littleEndian, [tag, 2], [type, 2], [count, wide]), field]);
  });
  const bytes = Buffer.concat([
    Buffer.alloc(1),
    written(littleEndian, [count, big ? 8 : 2]),
    ...body,
    written(littleEndian, [next, wide]),
  ]);
  return new Reader(bytes, { littleEndian });
}

const each = [
  { big: false, littleEndian: true },
  { big: false, littleEndian: false },
  { big: true, littleEndian: true },
  { big: true, littleEndian: false },
];

describe('a header', () => {
  const header = (bytes: Buffer) => {
    const reader = new Reader(bytes);
    return [readTiffHeader(reader), reader.littleEndian];
  };

  test.each([
    ['II', true],
    ['MM', false],
  ])(
    'that begins with %s says the order of bytes and where the first directory is',
    (order, littleEndian) => {
      const classic = Buffer.concat([Buffer.from(order), written(littleEndian, [42, 2], [0x010203, 4])]);
      expect(header(classic)).toEqual([{ first: 0x010203, big: false }, littleEndian]);
      const big = Buffer.concat([
        Buffer.from(order),
        written(littleEndian, [43, 2], [8, 2], [0, 2], [0x0102030405, 8]),
      ]);
      expect(header(big)).toEqual([{ first: 0x0102030405, big: true }, littleEndian]);
    },
  );

  test.each(['IM', 'MI', 'XX'])('that begins with %s is none', (order) => {
    expect(header(Buffer.concat([Buffer.from(order), written(true, [42, 2], [8, 4])]))[0]).toBeUndefined();
  });

  test.each([41, 44])('with the number %d is none', (magic) => {
    expect(header(Buffer.concat([Buffer.from('II'), written(true, [magic, 2], [8, 4])]))[0]).toBeUndefined();
  });
});

describe.each(each)('a directory (%j)', (options) => {
  const { big } = options;
  const width: Entry = { tag: 256, type: 3, value: [[800, 2]] };
  const height: Entry = { tag: 257, type: 4, value: [[600_000, 4]] };
  const other: Entry = { tag: 258, type: 1, value: [[7, 1]] };

  test('returns the values of the tags that are asked for, and no others', () => {
    const reader = directory([other, width, height], options);
    expect([...readEntries(reader, 1, [256, 257], big)]).toEqual([
      [256, 800],
      [257, 600_000],
    ]);
    expect([...readEntries(reader, 1, [258, 259], big)]).toEqual([[258, 7]]);
  });

  test('has the first of two numbers of a tag, and no list, text or fraction', () => {
    const second = { ...width, value: [[801, 2]] as const };
    expect(readEntries(directory([width, second], options), 1, [256], big).get(256)).toBe(800);
    const list = { ...width, count: 2 };
    expect(readEntries(directory([list, second], options), 1, [256], big).get(256)).toBe(801);
    const text = { ...width, type: 2 };
    expect(readEntries(directory([text, second], options), 1, [256], big).get(256)).toBe(801);
  });

  test('is read as far as its bytes go', () => {
    const reader = directory([width, height], { ...options, count: MOST_ENTRIES });
    expect(readEntries(reader, 1, [256, 257], big).size).toBe(2);
    const whole = directory([width], options);
    const end = nextField(whole, 1, big);
    expect(readEntries(whole.slice(0, end), 1, [256], big).size).toBe(1);
    expect(readEntries(whole.slice(0, end - 1), 1, [256], big).size).toBe(0);
    expect([...entriesOf(whole.slice(0, end), 1, 256, big)]).toHaveLength(1);
    expect([...entriesOf(whole.slice(0, end - 1), 1, 256, big)]).toHaveLength(0);
  });

  test('says where each entry of a tag is', () => {
    const [count, entry] = big ? [8, 20] : [2, 12];
    const strips: Entry = { tag: 273, type: 4, count: 5, value: [[1_234, big ? 8 : 4]] };
    expect([...entriesOf(directory([width, strips, height, strips], options), 1, 273, big)]).toEqual([
      { at: 1 + count + entry, count: 5, value: 1_234 },
      { at: 1 + count + 3 * entry, count: 5, value: 1_234 },
    ]);
  });

  test('says where the next one is', () => {
    const reader = directory([width, height], { ...options, next: 4_321 });
    expect(readNext(reader, 1, big)).toBe(4_321);
    expect(nextField(reader, 1, big)).toBe(1 + (big ? 8 + 2 * 20 : 2 + 2 * 12));
  });

  test('has a short in its entry if all of them fit there, and elsewhere otherwise', () => {
    const most = big ? 4 : 2;
    const inline = { tag: 258, type: 3, count: most, value: Array(most).fill([9, 2]) };
    expect(firstShort(directory([width, inline], options), 1, 258, big)).toBe(9);
    // The value is a place: that of the count of entries.
    const outside = {
      tag: 258,
      type: 3,
      count: most + 1,
      value: [[big && !options.littleEndian ? 7 : 1, big ? 8 : 4]] as const,
    };
    expect(firstShort(directory([width, outside], options), 1, 258, big)).toBe(2);
    expect(firstShort(directory([width], options), 1, 258, big)).toBeUndefined();
    const beyond = { ...outside, value: [[9_999, big ? 8 : 4]] as const };
    expect(() => firstShort(directory([beyond], options), 1, 258, big)).toThrow(EndOfBytes);
  });
});

test('a fraction is where the entry says, and in the entry of a BigTIFF', () => {
  const big = directory(
    [
      {
        tag: 282,
        type: 5,
        value: [
          [3, 4],
          [2, 4],
        ],
      },
    ],
    { big: true },
  );
  expect(rational(big, 1, 282, true)).toBe(1.5);
  const reader = directory([{ tag: 282, type: 5, value: [[19, 4]] }]);
  const bytes = Buffer.concat([Buffer.from(reader.slice(0, 19).rest()), written(true, [7, 4], [2, 4])]);
  expect(rational(new Reader(bytes, { littleEndian: true }), 1, 282)).toBe(3.5);
  expect(rational(reader, 1, 283)).toBeUndefined();
});
