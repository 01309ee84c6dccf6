import { EndOfBytes, Reader } from '../../../../functions/lib/prescan/reader';

const BYTES = Uint8Array.from([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09]);

type Read = (reader: Reader) => unknown;
test.each<[string, Read, number, unknown, unknown]>([
  ['u8', (reader) => reader.u8(), 1, 0x02, 0x02],
  ['u16', (reader) => reader.u16(), 2, 0x0203, 0x0302],
  ['u24', (reader) => reader.u24(), 3, 0x020304, 0x040302],
  ['u32', (reader) => reader.u32(), 4, 0x02030405, 0x05040302],
  ['u64', (reader) => reader.u64(), 8, 0x02030405 * 2 ** 32 + 0x06070809, 0x09080706 * 2 ** 32 + 0x05040302],
])(
  '%s is read in either order of bytes, moves the cursor, and never leaves the bytes',
  (_, read, size, big, little) => {
    for (const littleEndian of [false, true]) {
      const reader = new Reader(BYTES, { position: 1, littleEndian });
      expect(read(reader)).toBe(littleEndian ? little : big);
      expect(reader.position).toBe(1 + size);
      reader.position = BYTES.length - size;
      read(reader);
      expect(reader.position).toBe(BYTES.length);
      reader.position = BYTES.length - size + 1;
      expect(() => read(reader)).toThrow(EndOfBytes);
    }
  },
);

test('bytes are there up to the last one', () => {
  const reader = new Reader(BYTES, { position: 5 });
  expect([reader.has(4), reader.has(5)]).toEqual([true, false]);
  expect([...reader.rest()]).toEqual([6, 7, 8, 9]);
});

test('a part of a larger buffer is read from its own beginning', () => {
  const reader = new Reader(BYTES.subarray(3, 5));
  expect([reader.length, reader.u16()]).toEqual([2, 0x0405]);
  expect(() => reader.u8()).toThrow(EndOfBytes);
});

test('a slice has the order of bytes of its reader, and ends with its last byte', () => {
  const slice = new Reader(BYTES, { littleEndian: true }).slice(7, 9);
  expect([slice.length, slice.u16(), slice.has(1)]).toEqual([2, 0x0908, false]);
  expect(() => new Reader(BYTES).slice(7, 10)).toThrow(EndOfBytes);
});

test('a text is read as Latin-1, and skipped only if it is the one', () => {
  const reader = new Reader(Buffer.from('RIFFé', 'latin1'));
  expect([reader.skipText('RIFX'), reader.position]).toEqual([false, 0]);
  expect([reader.skipText('RIFF'), reader.position]).toEqual([true, 4]);
  expect([reader.skipText('é!'), reader.position]).toEqual([false, 4]);
  expect([reader.text(1), reader.position]).toEqual(['é', 5]);
});

describe('the next marker of a JPEG', () => {
  const next = (...bytes: number[]) => {
    const reader = new Reader(Uint8Array.from(bytes), { position: 1 });
    return [reader.nextMarker(), reader.position];
  };

  test.each([
    ['at the cursor', [0xff, 0xff, 0xda], 0xda, 3],
    ['after data', [0, 1, 2, 0xff, 0xd8, 0], 0xd8, 5],
    ['after fill bytes', [0, 0xff, 0xff, 0xff, 0xd9], 0xd9, 5],
    ['after a stuffed byte', [0, 0xff, 0x00, 0xff, 0xe1], 0xe1, 5],
    ['just below the restart markers', [0, 0xff, 0xcf], 0xcf, 3],
    ['just above them', [0, 0xff, 0xd8], 0xd8, 3],
    ['after the first and the last of them', [0, 0xff, 0xd0, 0xff, 0xd7, 0xff, 0x01], 0x01, 7],
  ])('%s', (_, bytes, code, position) => {
    expect(next(...bytes)).toEqual([code, position]);
  });

  test.each([
    ['there is none', [0, 1, 2]],
    ['its code is cut off', [0, 1, 0xff]],
    ['only restart markers follow', [0, 0xff, 0xd3]],
    ['only what is before the cursor', [0xff, 0xd8]],
  ])('is undefined if %s, and the cursor is at the end', (_, bytes) => {
    expect(next(...bytes)).toEqual([undefined, bytes.length]);
  });
});

test('sub-blocks end with the empty one, or with the bytes', () => {
  const blocksOf = (...bytes: number[]) =>
    [...new Reader(Uint8Array.from(bytes)).subBlocks(1)].map((block) => [...block]);
  expect(blocksOf(9, 2, 5, 6, 1, 7, 0, 1, 8)).toEqual([[5, 6], [7]]);
  expect(blocksOf(9, 3, 5, 6)).toEqual([[5, 6]]);
  expect(blocksOf(9, 0, 1, 5)).toEqual([]);
});
