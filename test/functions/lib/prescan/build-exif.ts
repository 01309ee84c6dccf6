/** EXIF blocks built by hand, right or wrong. */
import { latin1, u16be, u16le, u32be, u32le } from './build';

/** A text, one SHORT, one LONG, fractions, or an entry in any form. */
export type Value =
  | string
  | number
  | { long: number }
  | readonly (readonly [numerator: number, denominator: number])[]
  | { type: number; count: number; field: number };

/** Values by tag. */
export type Tags = Readonly<Record<number, Value | undefined>>;

export interface ExifParts {
  main?: Tags;
  /** The directory that 0x8769 of the first one points to. */
  camera?: Tags;
  /** The directory that 0x8825 of the first one points to. */
  gps?: Tags;
}

export function exifBlock({ main = {}, camera, gps }: ExifParts, littleEndian = true): Buffer {
  const u16 = littleEndian ? u16le : u16be;
  const u32 = littleEndian ? u32le : u32be;
  let out: Buffer = Buffer.concat([latin1(littleEndian ? 'II' : 'MM'), u16(42), u32(0)]);

  /** Writes the values of a directory and then the directory itself. @returns its position */
  function write(tags: Tags): number {
    const entries = Object.entries(tags).flatMap(([tag, value]) => {
      if (value === undefined) return [];
      const { type, count, bytes } = encoded(value);
      let field: Buffer = Buffer.concat([bytes, Buffer.alloc(Math.max(0, 4 - bytes.length))]);
      if (bytes.length > 4) {
        field = u32(out.length);
        out = Buffer.concat([out, bytes]);
      }
      return Buffer.concat([u16(Number(tag)), u16(type), u32(count), field]);
    });
    const at = out.length;
    out = Buffer.concat([out, u16(entries.length), ...entries, u32(0)]);
    return at;
  }

  function encoded(value: Value): { type: number; count: number; bytes: Buffer } {
    if (typeof value === 'string') {
      const bytes = Buffer.from(`${value}\0`);
      return { type: 2, count: bytes.length, bytes };
    }
    if (typeof value === 'number') return { type: 3, count: 1, bytes: u16(value) };
    if ('long' in value) return { type: 4, count: 1, bytes: u32(value.long) };
    if ('field' in value) return { ...value, bytes: u32(value.field) };
    return { type: 5, count: value.length, bytes: Buffer.concat(value.flat().map(u32)) };
  }

  const first = write({
    ...main,
    ...(camera && { 34665: { long: write(camera) } }),
    ...(gps && { 34853: { long: write(gps) } }),
  });
  u32(first).copy(out, 4);
  return out;
}
