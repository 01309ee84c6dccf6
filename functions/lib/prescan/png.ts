import { type Colours, fromCodePoints, fromGamma } from './colours';
import { readOrientation } from './exif';
import { boundedProfile } from './icc';
import { profileChunk, readProfile } from './iccp';
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
/** Colour type whose samples are indices of a palette. */
const PALETTE = 3;
/** Bytes of the fields around a chunk's content: length, type, checksum. */
const FIELDS = 12;

/** Ancillary chunks that affect how the pixels look. The rest is text, time, EXIF, animation or unknown. */
const COLOUR_CHUNKS = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'bKGD']);

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
  const colours = new ColourChunks();
  let hasPalette = false;
  let frames = 1;
  let chunks = 0;
  let data = false;
  for (const { type, body, bodyEnd, end } of chunksOf(reader)) {
    if (++chunks > limits.chunks) break;
    if (chunks === 1 && type !== 'IHDR') return corrupt('png', 'the first chunk is not IHDR');
    if (type === 'IDAT') data = true;
    if (type === 'IEND' && end < reader.length) notes.push(trailerNote(reader.length - end));
    if (data) continue; // a decoder reads what describes the image only before its data
    reader.position = body;
    if (type === 'IHDR' && size === undefined) {
      size = { width: reader.u32(), height: reader.u32() };
      reader.position += 1; // bits a sample
      hasPalette = reader.u8() === PALETTE;
    }
    // An APNG declares this count. sharp decodes its default image only, and the others' chunks add to `chunks`.
    if (type === 'acTL') frames = Math.max(1, reader.u32());
    colours.see(type, reader, body, bodyEnd);
    if (type === 'eXIf') orientation ??= readOrientation(reader.slice(body, bodyEnd), notes);
  }
  const tooMany = overLimit('png', limits, { chunks });
  if (tooMany !== undefined) return tooMany;
  if (!data || size === undefined) throw new EndOfBytes();
  const meaning = colours.meaning();
  return image('png', {
    ...size,
    orientation: orientation ?? 1,
    frames,
    ...(meaning && { colours: meaning }),
    ...(hasPalette && { hasPalette }),
    complete: whole,
    notes,
  });
}

/** The chunks that say what the samples mean. The first of each kind counts, and the kind that says most. */
class ColourChunks {
  private readonly found = new Map<string, Colours | undefined>();
  private profiles = 0;
  private gamma: number | undefined;
  private chromaticities: number[] | undefined;

  /** Notes a chunk before the data. It moves the reader. */
  see(type: string, reader: Reader, body: number, bodyEnd: number): void {
    const length = bodyEnd - body;
    reader.position = body;
    if (type === 'cICP' && length === 4 && !this.found.has(type)) {
      this.found.set(type, fromCodePoints(reader.u8(), reader.u8()));
    }
    // The decoder gets the first one alone. Each may take as long to inflate as a large profile, even if it is none.
    if (type === 'iCCP' && ++this.profiles === 1) {
      const content = reader.slice(body, bodyEnd).rest();
      if (readProfile(content) !== undefined) this.found.set(type, undefined);
    }
    if (type === 'sRGB' && length === 1) this.found.set(type, undefined);
    if (type === 'gAMA' && length === 4) this.gamma ??= reader.u32();
    if (type === 'cHRM' && length === 32) {
      this.chromaticities ??= Array.from({ length: 8 }, () => reader.u32());
    }
  }

  /** `cICP` outranks `iCCP`, which outranks `sRGB`, which outranks the rest: PNG specification, third edition, 12.1. */
  meaning(): Colours | undefined {
    for (const type of ['cICP', 'iCCP', 'sRGB']) if (this.found.has(type)) return this.found.get(type);
    return this.gamma === undefined ? undefined : fromGamma(this.gamma, this.chromaticities);
  }
}

/**
 * Keeps the critical chunks and the first of each kind that affects colours, with its ICC profile bounded. The animation of
 * an APNG is cut, since only its default image is decoded.
 */
export function cutPng(bytes: Uint8Array): Uint8Array {
  const keep = new Keep(bytes);
  const colours = new Set<string>();
  keep.range(0, SIGNATURE);
  for (const { type, start, body, bodyEnd, end } of chunksOf(new Reader(bytes))) {
    const critical = type[0]! < 'a'; // an upper-case first letter: PNG specification, 5.4
    if (!critical && (!COLOUR_CHUNKS.has(type) || colours.has(type))) continue;
    if (!critical) colours.add(type);
    if (type === 'iCCP') {
      const content = bytes.subarray(body, bodyEnd);
      const profile = readProfile(content);
      const bounded = profile && boundedProfile(profile);
      if (bounded === undefined) continue;
      if (bounded !== profile) {
        keep.insert(profileChunk(content, bounded));
        continue;
      }
    }
    keep.range(start, end);
  }
  return keep.result();
}

/** The content of the `eXIf` chunk. It may also follow the data. */
export function exifOfPng(bytes: Uint8Array): Uint8Array | undefined {
  for (const { type, body, bodyEnd } of chunksOf(new Reader(bytes))) {
    if (type === 'eXIf') return bytes.subarray(body, bodyEnd);
  }
  return undefined;
}

/** Yields the chunks up to and including IEND, or to the end of the bytes. The loop's body may move the reader. */
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
