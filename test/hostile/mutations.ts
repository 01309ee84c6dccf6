/** Ways to damage an image: blind ones, and ones that know where a format keeps its lengths and chunks. */
import { crc32 } from '@aws-crypto/crc32';
import fc from 'fast-check';
import { u32be, u32le } from '../functions/shared/prescan/build';

export type Mutation = (bytes: Buffer, donors: readonly Buffer[]) => Buffer;

/**
 * A share of the bytes, each as likely as any other. `fc.double` would draw from all numbers a double can be, and
 * nearly all of them below one are next to zero.
 */
const fraction = fc.noBias(fc.nat(2 ** 30 - 1)).map((n) => n / 2 ** 30);
const place = (at: number, bytes: Buffer, room = 0) => Math.floor(at * Math.max(0, bytes.length - room));

/** What lengths, counts and offsets are overwritten with. */
const telling = fc.constantFrom(
  0,
  1,
  2,
  7,
  8,
  0x7f,
  0xff,
  0x4000,
  0xffff,
  0x10000,
  0x7fffffff,
  0x80000000,
  0xffffffff,
);

const flipBit = fc.tuple(fraction, fc.nat(7)).map(
  ([at, bit]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[place(at, copy)]! ^= 1 << bit;
      return copy;
    },
);

const overwrite = fc.tuple(fraction, telling, fc.constantFrom(1, 2, 4), fc.boolean()).map(
  ([at, value, size, little]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      const field = little ? u32le(value).subarray(0, size) : u32be(value).subarray(4 - size);
      if (copy.length >= size) field.copy(copy, place(at, copy, size));
      return copy;
    },
);

const truncate = fraction.map(
  (at): Mutation =>
    (bytes) =>
      bytes.subarray(0, place(at, bytes)),
);

const splice = fc.tuple(fraction, fc.nat(), fraction).map(
  ([at, donor, from]): Mutation =>
    (bytes, donors) => {
      const other = donors[donor % donors.length] as Buffer;
      return Buffer.concat([bytes.subarray(0, place(at, bytes)), other.subarray(place(from, other))]);
    },
);

/** Repeats a chunk, drops it, or moves it elsewhere. */
const rearrange = fc
  .tuple(fraction, fraction, fc.constantFrom('repeat', 'drop', 'move'), fc.integer({ min: 2, max: 40 }))
  .map(
    ([from, to, how, times]): Mutation =>
      (bytes) => {
        const chunks = chunksOf(bytes);
        const at = Math.floor(from * chunks.length);
        const [chunk] = chunks.slice(at, at + 1) as [Buffer];
        if (how === 'repeat') chunks.splice(at, 0, ...Array.from({ length: times }, () => chunk));
        else chunks.splice(at, 1);
        if (how === 'move') chunks.splice(Math.floor(to * (chunks.length + 1)), 0, chunk);
        return Buffer.concat(chunks);
      },
  );

/** Overwrites a length field itself. */
const resize = fc.tuple(fraction, telling).map(
  ([which, value]): Mutation =>
    (bytes) => {
      const chunks = chunksOf(bytes);
      const index = Math.floor(which * chunks.length);
      const start = chunks.slice(0, index).reduce((sum, chunk) => sum + chunk.length, 0);
      const copy = Buffer.from(bytes);
      const { at, field } = lengthField(bytes, value);
      if (start + at + field.length <= copy.length) field.copy(copy, start + at);
      return copy;
    },
);

/** One to four mutations; the checksums of a PNG are mostly made right again, so that its decoder goes on. */
export const mutations: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.array(fc.oneof(flipBit, overwrite, truncate, splice, rearrange, resize), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(
    ([list, luck]): Mutation =>
      (bytes, donors) => {
        const mutated = list.reduce((result, mutate) => mutate(result, donors), bytes);
        return luck > 0 && isPng(mutated) ? withChecksums(mutated) : mutated;
      },
  );

const isPng = (bytes: Buffer) => bytes.toString('latin1', 1, 4) === 'PNG';
const isRiff = (bytes: Buffer) => bytes.toString('latin1', 0, 4) === 'RIFF';
const isJpeg = (bytes: Buffer) => bytes[0] === 0xff && bytes[1] === 0xd8;
const isMedia = (bytes: Buffer) => bytes.toString('latin1', 4, 8) === 'ftyp';

/** The file cut at the borders of its chunks; a GIF or TIFF, which has none, in pieces of 12 bytes, as TIFF's entries. */
function chunksOf(bytes: Buffer): Buffer[] {
  const [header, next] = layout(bytes);
  const chunks = [bytes.subarray(0, header)];
  for (let at = header; at < bytes.length; ) {
    const end = at + Math.max(1, next(at));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

/** Bytes before the first chunk, and how long the chunk at an offset is. */
function layout(bytes: Buffer): [number, (at: number) => number] {
  const has = (at: number) => at + 8 <= bytes.length;
  const rest = bytes.length;
  if (isPng(bytes)) return [8, (at) => (has(at) ? 12 + bytes.readUInt32BE(at) : rest)];
  if (isRiff(bytes)) return [12, (at) => (has(at) ? 8 + bytes.readUInt32LE(at + 4) : rest)];
  if (isJpeg(bytes))
    return [2, (at) => (has(at) && bytes[at + 1] !== 0xda ? 2 + bytes.readUInt16BE(at + 2) : rest)];
  if (isMedia(bytes)) return [0, (at) => (has(at) ? bytes.readUInt32BE(at) : rest)];
  return [8, () => 12];
}

/** Where a chunk has its length, and a value in the form of one. */
function lengthField(bytes: Buffer, value: number): { at: number; field: Buffer } {
  if (isRiff(bytes)) return { at: 4, field: u32le(value) };
  if (isJpeg(bytes)) return { at: 2, field: u32be(value).subarray(2) };
  return { at: 0, field: u32be(value) };
}

function withChecksums(png: Buffer): Buffer {
  const chunks = chunksOf(png).map((chunk, i) => {
    if (i === 0 || chunk.length < 12) return chunk;
    const content = chunk.subarray(4, -4);
    return Buffer.concat([chunk.subarray(0, -4), u32be(crc32(content))]);
  });
  return Buffer.concat(chunks);
}
