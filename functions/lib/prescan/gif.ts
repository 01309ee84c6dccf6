import { Keep } from './keep';
import { EndOfBytes, Reader } from './reader';
import { image, overLimit, type Scan, type ScanContext, trailerNote } from './result';

/** Block introducers and the one extension that matters to a frame: GIF89a, sections 20 to 27. */
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;

/** `GIF89a` and the logical screen descriptor. */
const HEADER = 13;

/**
 * Screens that libnsgif does not believe, as encoders wrote them for any picture: these, and one with a side of zero or
 * above 2048. The first frame's extent is the size then.
 */
const BOGUS_SCREENS = new Set(['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200']);
const LARGEST_SCREEN = 2048;

/** From `start` (its introducer) up to `end`, after its last sub-block. `end` may lie past the bytes. */
interface Block {
  introducer: number;
  /** Of an extension; 0 otherwise. */
  label: number;
  start: number;
  end: number;
}

/** Counts frames and blocks; the size is the logical screen, or the first frame's extent where that reaches further. */
export function scanGif(reader: Reader, { whole, limits }: ScanContext): Scan {
  const notes: string[] = [];
  let size: { width: number; height: number } | undefined;
  let frames = 0;
  let chunks = 0;
  for (const { introducer, start, end } of blocks(reader)) {
    if (++chunks > limits.chunks) break;
    if (introducer === IMAGE && frames++ === 0) size = readSize(reader, start);
    if (introducer === TRAILER && end < reader.length) {
      notes.push(trailerNote(reader.length - end));
    }
  }
  const tooMany = overLimit('gif', limits, { frames, chunks });
  if (tooMany !== undefined) return tooMany;
  if (size === undefined) throw new EndOfBytes();
  return image('gif', { ...size, frames, complete: whole, notes });
}

/** Cuts comments, plain text and application extensions (loop count, XMP), and what follows the trailer. */
export function cutGif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  keep.range(0, firstBlock(reader));
  for (const { introducer, label, start, end } of blocks(reader)) {
    if (introducer !== EXTENSION || label === GRAPHIC_CONTROL) keep.range(start, end);
  }
  return keep.result();
}

/** The blocks up to and with the trailer, as far as they are GIF. The loop's body may move the reader. */
function* blocks(reader: Reader): Generator<Block> {
  let start = firstBlock(reader);
  for (;;) {
    reader.position = start;
    if (!reader.has(1)) return;
    const introducer = reader.u8();
    let label = 0;
    if (introducer === EXTENSION) {
      if (!reader.has(1)) return;
      label = reader.u8();
      skipSubBlocks(reader);
    } else if (introducer === IMAGE) {
      if (!reader.has(9)) return;
      reader.position += 8; // left, top, width, height
      const table = colourTable(reader.u8());
      reader.position += table + 1; // and the LZW minimum code size
      skipSubBlocks(reader);
    } else if (introducer !== TRAILER) {
      return;
    }
    const end = reader.position;
    yield { introducer, label, start, end };
    if (introducer === TRAILER) return;
    start = end;
  }
}

/** A list of sub-blocks, each a length and that many bytes, ends with an empty one. */
function skipSubBlocks(reader: Reader): void {
  while (reader.has(1)) {
    const length = reader.u8();
    if (length === 0) return;
    reader.position += length;
  }
}

function firstBlock(reader: Reader): number {
  reader.position = 10;
  return HEADER + colourTable(reader.u8());
}

/** Bytes of the colour table that a packed field announces. */
function colourTable(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 0x07) + 1) : 0;
}

function readSize(reader: Reader, firstImage: number): { width: number; height: number } {
  reader.littleEndian = true;
  reader.position = 6;
  let width = reader.u16();
  let height = reader.u16();
  const bogus =
    Math.min(width, height) === 0 ||
    Math.max(width, height) > LARGEST_SCREEN ||
    BOGUS_SCREENS.has(`${width}x${height}`);
  if (bogus) width = height = 1;
  reader.position = firstImage + 1;
  const left = reader.u16();
  const top = reader.u16();
  return { width: Math.max(width, left + reader.u16()), height: Math.max(height, top + reader.u16()) };
}
