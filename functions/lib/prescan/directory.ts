import type { Reader } from './reader';

/** Tags of a TIFF directory that say how the picture lies; EXIF uses the same structure and numbers. */
export const TAG = {
  newSubfileType: 0x00fe,
  subfileType: 0x00ff,
  width: 0x0100,
  height: 0x0101,
  bits: 0x0102,
  orientation: 0x0112,
  strips: 0x0111,
  xResolution: 0x011a,
  yResolution: 0x011b,
  tiles: 0x0144,
  sampleFormat: 0x0153,
  profile: 0x8773,
} as const;

const READERS: Partial<Record<number, (reader: Reader) => number>> = {
  1: (reader) => reader.u8(), // BYTE
  3: (reader) => reader.u16(), // SHORT
  4: (reader) => reader.u32(), // LONG
  16: (reader) => reader.u64(), // LONG8, BigTIFF only
};

/** A classic directory can have no more entries, and libtiff refuses a BigTIFF directory that has more. */
export const MOST_ENTRIES = 0xffff;

/** Sizes of the fields of a directory: TIFF 6.0 section 2, and BigTIFF. */
const CLASSIC = { count: 2, entry: 12, offset: 4 };
const BIG = { count: 8, entry: 20, offset: 8 };

/**
 * Reads the byte order, the magic number and the offset of the first directory. The reader then has that byte order.
 *
 * @returns undefined if this is no TIFF structure
 */
export function readTiffHeader(reader: Reader): { first: number; big: boolean } | undefined {
  const order = reader.text(2);
  if (order !== 'II' && order !== 'MM') return undefined;
  reader.littleEndian = order === 'II';
  const magic = reader.u16();
  if (magic === 42) return { first: reader.u32(), big: false };
  if (magic !== 43) return undefined;
  reader.position += 4; // size of offsets, always 8, and a reserved zero
  return { first: reader.u64(), big: true };
}

/** Reads the first single number of each of `tags`. It stops at the end of the bytes, even within the directory. */
export function readEntries(
  reader: Reader,
  at: number,
  tags: readonly number[],
  big = false,
): Map<number, number> {
  const size = big ? BIG : CLASSIC;
  const values = new Map<number, number>();
  reader.position = at;
  const count = Math.min(big ? reader.u64() : reader.u16(), MOST_ENTRIES);
  for (let i = 0; i < count; i++) {
    const entry = at + size.count + i * size.entry;
    reader.position = entry;
    if (!reader.has(size.entry)) break;
    const tag = reader.u16();
    if (!tags.includes(tag) || values.has(tag)) continue;
    const read = READERS[reader.u16()];
    const length = big ? reader.u64() : reader.u32();
    if (read !== undefined && length === 1) values.set(tag, read(reader));
  }
  return values;
}

/** Yields where each entry of one tag is, how many values it has, and its last field, which says where long values are. */
export function* entriesOf(
  reader: Reader,
  directory: number,
  tag: number,
  big = false,
): Generator<{ at: number; count: number; value: number }> {
  const size = big ? BIG : CLASSIC;
  reader.position = directory;
  const entries = Math.min(big ? reader.u64() : reader.u16(), MOST_ENTRIES);
  for (let i = 0; i < entries; i++) {
    const at = directory + size.count + i * size.entry;
    reader.position = at;
    if (!reader.has(size.entry)) return;
    if (reader.u16() !== tag) continue;
    reader.position = at + 4; // after tag and type
    yield { at, count: big ? reader.u64() : reader.u32(), value: big ? reader.u64() : reader.u32() };
  }
}

/** The first value of a tag of type SHORT; undefined if there is none. @throws EndOfBytes if it lies beyond the bytes */
export function firstShort(reader: Reader, directory: number, tag: number, big = false): number | undefined {
  for (const { at, count, value } of entriesOf(reader, directory, tag, big)) {
    const isInline = count * 2 <= (big ? 8 : 4);
    reader.position = isInline ? at + (big ? 12 : 8) : value;
    return reader.u16();
  }
  return undefined;
}

/** A value of type RATIONAL; undefined if there is none. @throws EndOfBytes if it lies beyond the bytes */
export function rational(reader: Reader, directory: number, tag: number, big = false): number | undefined {
  for (const { at, value } of entriesOf(reader, directory, tag, big)) {
    reader.position = big ? at + 12 : value; // eight bytes fit in the entry of a BigTIFF
    return reader.u32() / reader.u32();
  }
  return undefined;
}

/** The position of the field that holds the offset of the next directory. */
export function nextField(reader: Reader, at: number, big = false): number {
  const size = big ? BIG : CLASSIC;
  reader.position = at;
  const count = big ? reader.u64() : reader.u16();
  return at + size.count + count * size.entry;
}

/** The offset of the directory after the one at `at`; 0 after the last. */
export function readNext(reader: Reader, at: number, big = false): number {
  reader.position = nextField(reader, at, big);
  return big ? reader.u64() : reader.u32();
}
