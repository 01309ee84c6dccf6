import { inflateSync } from 'node:zlib';
import { readOrientation } from './exif';
import { isBoundedProfile } from './icc';
import { Keep } from './keep';
import { EndOfBytes, Reader } from './reader';
import {
  corrupt,
  image,
  type Orientation,
  overLimit,
  type Scan,
  type ScanContext,
  trailerNote,
} from './result';

const SIGNATURE = 8;
/** Length of a chunk's fields around its content: length, type, checksum. */
const FIELDS = 12;

/** Ancillary chunks that change how the pixels look; the rest is text, time, EXIF, animation or unknown. */
const COLOUR_CHUNKS = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD']);

/** Bytes; libpng 1.6.58 allots no more than 8 MB to a chunk. */
const MAX_PROFILE = 8_000_000;

/** From `start` (its length field) up to `end`, after its checksum. `end` may lie past the bytes. */
interface Chunk {
  type: string;
  start: number;
  body: number;
  bodyEnd: number;
  end: number;
}

/** Counts chunks and frames up to IEND, and reads size and orientation. */
export function scanPng(reader: Reader, { whole, limits }: ScanContext): Scan {
  const notes: string[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation | undefined;
  let frames = 1;
  let chunks = 0;
  let data = false;
  for (const { type, body, bodyEnd, end } of chunksOf(reader)) {
    if (++chunks > limits.chunks) break;
    if (chunks === 1 && type !== 'IHDR') return corrupt('png', 'the first chunk is not IHDR');
    if (type === 'IDAT') data = true;
    if (type === 'IEND' && end < reader.length) notes.push(trailerNote(reader.length - end));
    if (data) continue; // a decoder takes what describes the image from before its data only
    reader.position = body;
    if (type === 'IHDR') size ??= { width: reader.u32(), height: reader.u32() };
    // The count that an APNG declares: sharp decodes its default image only, and what lies there adds to `chunks`.
    if (type === 'acTL') frames = Math.max(1, reader.u32());
    if (type === 'eXIf') orientation ??= readOrientation(reader.slice(body, bodyEnd), notes);
  }
  const tooMany = overLimit('png', limits, { frames, chunks });
  if (tooMany !== undefined) return tooMany;
  if (!data || size === undefined) throw new EndOfBytes();
  return image('png', { ...size, orientation: orientation ?? 1, frames, complete: whole, notes });
}

/**
 * Keeps the critical chunks and the first of each kind that colours the pixels; of ICC profiles only a bounded one. The
 * animation of an APNG goes: its default image is what is decoded.
 */
export function cutPng(bytes: Uint8Array): Uint8Array {
  const keep = new Keep(bytes);
  const colours = new Set<string>();
  keep.range(0, SIGNATURE);
  for (const { type, start, body, bodyEnd, end } of chunksOf(new Reader(bytes))) {
    const critical = type[0]! < 'a'; // an upper-case first letter: PNG specification, 5.4
    if (!critical && (!COLOUR_CHUNKS.has(type) || colours.has(type))) continue;
    if (!critical) colours.add(type);
    if (type === 'iCCP' && !hasBoundedProfile(bytes.subarray(body, bodyEnd))) continue;
    keep.range(start, end);
  }
  return keep.result();
}

/** A profile's name, a zero, the method of compression (0), and the compressed profile. */
function hasBoundedProfile(content: Uint8Array): boolean {
  const compressed = content.subarray(content.indexOf(0) + 2);
  try {
    return isBoundedProfile(inflateSync(compressed, { maxOutputLength: MAX_PROFILE }));
  } catch {
    return false; // no zlib stream, or a longer one: libpng does not take it either
  }
}

/** The chunks up to and with IEND, or as far as the bytes go. The loop's body may move the reader. */
function* chunksOf(reader: Reader): Generator<Chunk> {
  let start = SIGNATURE;
  for (;;) {
    reader.position = start;
    if (!reader.has(8)) return;
    const length = reader.u32();
    const type = reader.text(4);
    const end = start + FIELDS + length;
    yield { type, start, body: start + 8, bodyEnd: end - 4, end };
    if (type === 'IEND') return;
    start = end;
  }
}
