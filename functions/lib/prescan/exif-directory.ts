import { MOST_ENTRIES } from './directory';
import { EndOfBytes, type Reader } from './reader';

/** Bytes of one value, by the number of its type: TIFF 6.0 section 2, BigTIFF, and UTF-8 (129) of EXIF 3.0. */
const BYTES: Partial<Record<number, number>> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  10: 8, // SRATIONAL
  13: 4, // IFD
  16: 8, // LONG8
  18: 8, // IFD8
  129: 1, // UTF-8
};

const SHORT = 3;
const SIGNED_RATIONAL = 10;
/** Phones by Nokia write positions as signed fractions, which EXIF doesn't allow. */
const FRACTIONS = new Set([5, SIGNED_RATIONAL]);
const INTEGERS = new Set([1, SHORT, 4, 13, 16, 18]);
const TEXTS = new Set([2, 129]);

/** Where the values of an entry are. */
interface Entry {
  type: number;
  count: number;
  at: number;
}

/**
 * The wanted entries of one directory. It follows no pointer: its caller decides which other directory to read. An entry of
 * another type than its tag has, or whose values lie outside the bytes, counts as missing.
 */
export class ExifDirectory {
  private readonly entries = new Map<number, Entry>();

  /**
   * Reads the entries up to the end of the bytes. Of two with the same tag the first counts.
   *
   * @param at position of the directory
   * @param tags those that are wanted
   */
  constructor(
    private readonly reader: Reader,
    at: number,
    tags: readonly number[],
    big: boolean,
  ) {
    const [counter, size, inline] = big ? [8, 20, 8] : [2, 12, 4];
    reader.position = at;
    if (!reader.has(counter)) return;
    const count = Math.min(this.offset(counter), MOST_ENTRIES);
    for (let i = 0; i < count; i++) {
      reader.position = at + counter + i * size;
      if (!reader.has(size)) return;
      const tag = reader.u16();
      if (!tags.includes(tag) || this.entries.has(tag)) continue;
      const type = reader.u16();
      const values = this.offset(inline);
      const bytes = (BYTES[type] ?? Number.POSITIVE_INFINITY) * values;
      const place = bytes <= inline ? reader.position : this.offset(inline);
      this.entries.set(tag, { type, count: values, at: place });
    }
  }

  /** The first of the whole numbers of a tag. */
  integer(tag: number): number | undefined {
    return this.values(tag, INTEGERS, 1, ({ type }) => {
      const bytes = BYTES[type] as number;
      return bytes === 1 ? this.reader.u8() : type === SHORT ? this.reader.u16() : this.offset(bytes);
    });
  }

  /** The first `count` fractions of a tag. Undefined if there are fewer, or if one has no value, as 1/0 has none. */
  fractions(tag: number, count: number): number[] | undefined {
    const found = this.values(tag, FRACTIONS, count, ({ type }) => {
      const part = () => (type === SIGNED_RATIONAL ? this.reader.u32() | 0 : this.reader.u32());
      return Array.from({ length: count }, () => part() / part());
    });
    return found?.every(Number.isFinite) ? found : undefined;
  }

  /** The text of a tag up to its NUL, and at most so many bytes of it. Its characters may be any. */
  text(tag: number, mostBytes: number): string | undefined {
    return this.values(tag, TEXTS, 1, ({ at, count }) => {
      const bytes = this.reader.slice(at, at + Math.min(count, mostBytes)).rest();
      const end = bytes.indexOf(0);
      return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
    });
  }

  private values<Value>(
    tag: number,
    types: ReadonlySet<number>,
    least: number,
    read: (entry: Entry) => Value,
  ): Value | undefined {
    const entry = this.entries.get(tag);
    if (entry === undefined || !types.has(entry.type) || entry.count < least) return undefined;
    this.reader.position = entry.at;
    try {
      return read(entry);
    } catch (error) {
      if (error instanceof EndOfBytes) return undefined;
      throw error;
    }
  }

  private offset(bytes: number): number {
    return bytes === 8 ? this.reader.u64() : bytes === 4 ? this.reader.u32() : this.reader.u16();
  }
}
