import { readOrientation } from './exif';
import { boundedProfile } from './icc';
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

/** `RIFF`, size, `WEBP`. */
const HEADER = 12;

/** Flags, three reserved bytes, width and height: the content of VP8X. */
const EXTENDED_HEADER = 10;

/** Flags of VP8X: WebP container specification, "Extended file format". */
const FLAG_ANIMATION = 0x02;
const FLAG_XMP = 0x04;
const FLAG_EXIF = 0x08;
const FLAG_ICC = 0x20;

const PICTURE_CHUNKS = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']);

/** From `start` up to `end`, padding included. `end` may lie past the bytes. */
interface Chunk {
  type: string;
  start: number;
  body: number;
  bodyEnd: number;
  end: number;
}

/** Reads the size, counts frames and chunks, and reads the orientation if the header announces EXIF. */
export function scanWebp(reader: Reader, { whole, totalBytes, limits }: ScanContext): Scan {
  const notes: string[] = [];
  const riffEnd = readRiffEnd(reader);
  if (riffEnd > totalBytes) {
    return corrupt('webp', `expected ${riffEnd} bytes, as its header says, but found ${totalBytes}`);
  }
  if (whole && riffEnd < reader.length) notes.push(trailerNote(reader.length - riffEnd));
  let header: ReturnType<typeof readHeader>;
  let orientation: Orientation | undefined;
  let frames = 0;
  let chunks = 0;
  for (const { type, body, bodyEnd } of chunksOf(reader, riffEnd)) {
    if (type === 'ANMF') frames++;
    else if (++chunks > limits.chunks) break;
    if (header === undefined) {
      header = readHeader(reader.slice(body, Math.min(bodyEnd, reader.length)), type);
      if (header === undefined) return corrupt('webp', 'the first chunk is no VP8, VP8L or VP8X header');
    }
    if (type === 'EXIF' && header?.exif) orientation ??= readOrientation(reader.slice(body, bodyEnd), notes);
  }
  const tooMany = overLimit('webp', limits, { chunks });
  if (tooMany !== undefined) return tooMany;
  if (header === undefined) throw new EndOfBytes();
  // EXIF is usually at the end of the file. Without it nobody knows whether the picture is upright.
  if (header.exif && orientation === undefined && !whole) throw new EndOfBytes();
  const { width, height } = header;
  return image('webp', {
    width,
    height,
    orientation: orientation ?? 1,
    frames: Math.max(1, frames),
    ...(header.animated && { animated: true }),
    complete: whole,
    notes,
  });
}

/**
 * Cuts EXIF, XMP, an unbounded ICC profile, unknown chunks and what follows the RIFF container. Only one frame of an animation
 * stays unless all are asked for, since a still shows one and libwebp's work grows with the square of their number.
 */
export function cutWebp(bytes: Uint8Array, frame: number | 'all' = 0): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  keep.range(0, HEADER);
  let extended = false;
  let frames = 0;
  let cutFlags = FLAG_EXIF | FLAG_XMP;
  for (const { type, start, body, bodyEnd, end } of chunksOf(
    reader,
    Math.min(readRiffEnd(reader), bytes.length),
  )) {
    if (start === HEADER) extended = type === 'VP8X' && bodyEnd - body >= EXTENDED_HEADER;
    else if (!extended) break; // the simple format is one chunk
    const isOther = type === 'ANMF' && frame !== 'all' && frames++ !== frame;
    if (!PICTURE_CHUNKS.has(type) || isOther) continue;
    if (type === 'ANMF' && frame !== 'all') {
      keep.range(start, end);
      break; // further frames and metadata follow
    }
    if (type !== 'ICCP') {
      keep.range(start, end);
      continue;
    }
    const profile = boundedProfile(bytes.subarray(body, bodyEnd));
    if (profile === undefined) {
      cutFlags |= FLAG_ICC;
      continue;
    }
    keep.range(start, body);
    keep.replace(body, profile);
    keep.range(Math.min(bodyEnd, bytes.length), end);
  }
  const kept = keep.result();
  if (kept === bytes) return bytes;
  const view = new DataView(kept.buffer, kept.byteOffset, kept.byteLength);
  view.setUint32(4, kept.length - 8, true);
  const flags = HEADER + 8;
  if (extended && kept.length > flags) kept[flags]! &= ~cutFlags;
  return kept;
}

/** The content of the `EXIF` chunk, whether or not the header announces it. */
export function exifOfWebp(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(bytes);
  for (const { type, body, bodyEnd } of chunksOf(reader, readRiffEnd(reader))) {
    if (type === 'EXIF') return bytes.subarray(body, bodyEnd);
  }
  return undefined;
}

function readRiffEnd(reader: Reader): number {
  reader.littleEndian = true;
  reader.position = 4;
  return 8 + reader.u32();
}

interface Header {
  width: number;
  height: number;
  exif: boolean;
  animated: boolean;
}

/** A file without an extended header is a still image without metadata. */
const SIMPLE = { exif: false, animated: false };

/** Size and flags from the first chunk. libwebp refuses a still image whose canvas and bitstream differ. */
function readHeader(reader: Reader, type: string): Header | undefined {
  if (type === 'VP8X') {
    const flags = reader.u32();
    return {
      width: reader.u24() + 1,
      height: reader.u24() + 1,
      exif: (flags & FLAG_EXIF) !== 0,
      animated: (flags & FLAG_ANIMATION) !== 0,
    };
  }
  if (type === 'VP8L') {
    if (reader.u8() !== 0x2f) return undefined;
    const bits = reader.u32(); // 14 bits of width - 1, then 14 of height - 1
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, ...SIMPLE };
  }
  if (type === 'VP8 ') {
    reader.position += 3; // frame tag
    if (reader.u24() !== 0x2a019d) return undefined; // start code 9d 01 2a
    return { width: reader.u16() & 0x3fff, height: reader.u16() & 0x3fff, ...SIMPLE }; // 2 bits of scale each
  }
  return undefined;
}

/** Yields the chunks up to `riffEnd`, or to the end of the bytes. The loop's body may move the reader. */
function* chunksOf(reader: Reader, riffEnd: number): Generator<Chunk> {
  let start = HEADER;
  while (start + 8 <= riffEnd) {
    reader.position = start;
    if (!reader.has(8)) return;
    const type = reader.text(4);
    const length = reader.u32();
    const body = start + 8;
    const end = Math.min(body + length + (length % 2), riffEnd);
    yield { type, start, body, bodyEnd: body + length, end };
    start = end;
  }
}
