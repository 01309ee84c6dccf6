import { Keep } from './keep';
import { type FramePixels, framePixels } from './lzw';
import { EndOfBytes, Reader } from './reader';
import { corrupt, image, overLimit, type Scan, type ScanContext, trailerNote } from './result';

/** Block introducers, and the extensions that matter to an animation: GIF89a, sections 20 to 27. */
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const PLAIN_TEXT = 0x01;
const APPLICATION = 0xff;

/** `GIF89a` and the logical screen descriptor. */
const HEADER = 13;

/**
 * libnsgif doesn't believe these screen sizes, since encoders wrote them for any picture, nor a side of zero or above
 * 2048. The size is then the extent of the first frame.
 */
const BOGUS_SCREENS = new Set(['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200']);
const LARGEST_SCREEN = 2048;

/** Bytes from an image's introducer to its packed field, and up to the minimum code size behind a colour table. */
const DESCRIPTOR = 9;

/** Frames that are counted. The scan reads none behind them. */
const MOST_FRAMES = 100_000;

/** Frames that are searched for one that shows something. */
const MOST_EMPTY = 16;

/** From `start` (its introducer) up to `end`, after its last sub-block. `end` may lie past the bytes. */
interface Block {
  introducer: number;
  /** Of an extension; 0 otherwise. */
  label: number;
  start: number;
  /** Where its sub-blocks begin. */
  data: number;
  end: number;
}

/** A frame, with the graphic control extension before it. */
interface Frame {
  control: Block | undefined;
  picture: Block;
  width: number;
  height: number;
  /** Index of the transparent colour, if there is one. */
  transparent: number | undefined;
  pixels: FramePixels;
}

/**
 * Counts frames. The size is the logical screen, or the extent of the shown frame if that reaches further. A frame that
 * lacks a row is incomplete: libnsgif in libvips 8.18.7 would leave it black or transparent, without a warning.
 */
export function scanGif(reader: Reader, { whole, limits }: ScanContext): Scan {
  const notes: string[] = [];
  let frames = 0;
  let chunks = 0;
  for (const { introducer, label, end } of blocks(reader)) {
    if (introducer === IMAGE && ++frames === MOST_FRAMES) break;
    if (introducer === EXTENSION && label !== GRAPHIC_CONTROL && ++chunks > limits.chunks) break;
    if (introducer === TRAILER && end < reader.length) {
      notes.push(trailerNote(reader.length - end));
    }
  }
  const tooMany = overLimit('gif', limits, { chunks });
  if (tooMany !== undefined) return tooMany;
  const shown = shownFrame(reader, whole);
  if (shown === undefined) throw new EndOfBytes();
  const { width, height, pixels } = shown;
  if (whole && pixels.count <= width * (height - 1)) {
    const rows = Math.floor(pixels.count / Math.max(1, width));
    return corrupt('gif', `its picture ends after ${rows} of ${height} rows`);
  }
  return image('gif', {
    ...readSize(reader, shown.picture.start),
    frames,
    hasPalette: true,
    complete: whole,
    notes,
  });
}

/**
 * Keeps one frame, the first that shows something: animations often begin with an empty one, and libnsgif's work grows with
 * the number of frames. Cuts comments, plain text and application extensions (loop count, XMP), and what follows the
 * trailer. If the data has no end or there is no trailer, it adds them.
 */
export function cutGif(bytes: Uint8Array, frame: number | 'all' = 0): Uint8Array {
  if (frame === 'all') return cutAnimatedGif(bytes);
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  keep.range(0, firstBlock(reader));
  const shown = shownFrame(reader, true);
  if (!shown || shown.picture.data >= bytes.length) return keep.result(); // no picture to complete
  const around = transparencyAround(reader, shown);
  if (around !== undefined) keep.insert(control(around));
  else if (shown.control) keep.range(shown.control.start, shown.control.end);
  keepPicture(keep, reader, shown.picture);
  if (bytes[shown.picture.end] === TRAILER) keep.range(shown.picture.end, shown.picture.end + 1);
  else keep.insert(Buffer.from([TRAILER]));
  return keep.result();
}

/**
 * Keeps every frame with its timing, and how often they are shown. Cuts everything else as {@link cutGif} does.
 *
 * libnsgif fills what a frame doesn't cover or leaves behind with black or the background colour, unless the frame has a
 * transparent colour; browsers leave it transparent. So such a frame gets one.
 */
function cutAnimatedGif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  keep.range(0, firstBlock(reader));
  let pending: Block | undefined;
  let isFirst = true;
  let hasEnd = false;
  for (const block of blocks(reader)) {
    const { introducer, label, start, data, end } = block;
    hasEnd = introducer === TRAILER;
    if (hasEnd) keep.range(start, end);
    if (introducer === EXTENSION) {
      if (label === GRAPHIC_CONTROL) pending = block;
      if (label === PLAIN_TEXT) pending = undefined; // Its control is that of the text.
      if (label === APPLICATION && isLoopCount(bytes, data)) keep.range(start, end);
    }
    if (introducer !== IMAGE || data >= bytes.length) continue;
    const replaced = withTransparency(bytes, block, pending, isFirst);
    if (replaced) keep.insert(replaced);
    else if (pending) keep.range(pending.start, pending.end);
    keepPicture(keep, reader, block);
    pending = undefined;
    isFirst = false;
    reader.position = end;
  }
  if (!hasEnd && !isFirst) keep.insert(Buffer.from([TRAILER]));
  return keep.result();
}

/** The application extension that holds the loop count: its name is in a sub-block of eleven bytes. */
function isLoopCount(bytes: Uint8Array, at: number): boolean {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, Math.min(12, bytes.length - at)));
  return ['\x0bNETSCAPE2.0', '\x0bANIMEXTS1.0'].includes(name.toString('latin1'));
}

/** A control with a transparent colour, in place of one without that needs it; undefined if it stays as it is. */
function withTransparency(
  bytes: Uint8Array,
  picture: Block,
  old: Block | undefined,
  isFirst: boolean,
): Uint8Array | undefined {
  const reader = new Reader(bytes);
  const made = control(NO_PIXEL);
  if (old) {
    if (old.end - old.start !== made.length || old.end > bytes.length) return undefined;
    const flags = bytes[old.start + CONTROL_FLAGS] as number;
    const leaves = (flags >> 2) & 7; // 2 restores the background, 3 what was there before
    if (flags & 1 || (leaves < 2 && !isFirst)) return undefined;
    made.set(bytes.subarray(old.start, old.start + CONTROL_TRANSPARENT));
    made[CONTROL_FLAGS] = flags | 1;
  } else if (!isFirst) return undefined;
  return hasFreeIndex(reader, picture) ? made : undefined;
}

/**
 * Finds the first frame that shows something. If none of the first few does, it is the very first.
 *
 * @returns undefined if there is no frame
 * @throws EndOfBytes if these bytes are a prefix that does not tell which frame it is
 */
function shownFrame(reader: Reader, whole: boolean): Frame | undefined {
  let first: Frame | undefined;
  let control: Block | undefined;
  let seen = 0;
  for (const block of blocks(reader)) {
    if (block.introducer === EXTENSION && block.label === GRAPHIC_CONTROL) control = block;
    if (block.introducer !== IMAGE) continue;
    const frame = readFrame(reader, block, control);
    if (frame.pixels.isVisible) return frame;
    if (!whole && block.end > reader.length) throw new EndOfBytes();
    first ??= frame;
    control = undefined;
    if (++seen === MOST_EMPTY) return first;
    reader.position = block.end;
  }
  if (!whole) throw new EndOfBytes();
  return first;
}

/**
 * The transparent index for what a frame does not cover, if its own control names none: libnsgif would fill that with
 * black. No pixel has this index, since pixels' indices have fewer bits. A frame of 256 colours has no index left.
 */
function transparencyAround(
  reader: Reader,
  { picture, width, height, transparent }: Frame,
): number | undefined {
  if (transparent !== undefined || !hasFreeIndex(reader, picture)) return undefined;
  const size = readSize(reader, picture.start);
  return width < size.width || height < size.height ? NO_PIXEL : undefined;
}

/** Whether the indices of a picture have fewer than 8 bits, so that {@link NO_PIXEL} is none of them. */
function hasFreeIndex(reader: Reader, picture: Block): boolean {
  reader.position = picture.data - 1;
  return reader.has(1) && reader.u8() < 8;
}

const NO_PIXEL = 255;

function control(transparent: number): Uint8Array {
  return Buffer.from([EXTENSION, GRAPHIC_CONTROL, 4, 1, 0, 0, transparent, 0]);
}

/** A graphic control extension: flags (the lowest bit says that there is transparency) and the index at these places. */
const CONTROL_FLAGS = 3;
const CONTROL_TRANSPARENT = 6;

function readFrame(reader: Reader, picture: Block, control: Block | undefined): Frame {
  reader.littleEndian = true;
  reader.position = picture.start + 5;
  const [width, height] = [reader.u16(), reader.u16()];
  let transparent: number | undefined;
  if (control && control.start + CONTROL_TRANSPARENT < reader.length) {
    reader.position = control.start + CONTROL_FLAGS;
    if (reader.u8() & 1) {
      reader.position = control.start + CONTROL_TRANSPARENT;
      transparent = reader.u8();
    }
  }
  reader.position = picture.data - 1;
  const codeSize = reader.has(1) ? reader.u8() : 0;
  const pixels = framePixels(reader.subBlocks(picture.data), codeSize, transparent, width * height);
  return { control, picture, width, height, transparent, pixels };
}

/** Keeps a picture and ends it with an empty sub-block. A sub-block that was cut off gets the length that is left of it. */
function keepPicture(keep: Keep, reader: Reader, { start, data, end }: Block): void {
  let at = data;
  let length = 1;
  while (at < reader.length && length > 0) {
    reader.position = at;
    length = reader.u8();
    if (at + 1 + length > reader.length) {
      const left = reader.length - at - 1;
      keep.range(start, at);
      if (left > 0) {
        keep.insert(Buffer.from([left]));
        keep.range(at + 1, reader.length);
      }
      keep.insert(Buffer.from([0]));
      return;
    }
    at += 1 + length;
  }
  keep.range(start, end);
  if (length > 0) keep.insert(Buffer.from([0]));
}

/** Yields the blocks up to and including the trailer, until something is not GIF. The loop's body may move the reader. */
function* blocks(reader: Reader): Generator<Block> {
  let start = firstBlock(reader);
  for (;;) {
    reader.position = start;
    if (!reader.has(1)) return;
    const introducer = reader.u8();
    let label = 0;
    let data = start + 1;
    if (introducer === EXTENSION) {
      if (!reader.has(1)) return;
      label = reader.u8();
      data = reader.position;
    } else if (introducer === IMAGE) {
      if (!reader.has(DESCRIPTOR)) return;
      reader.position += DESCRIPTOR - 1; // left, top, width, height
      const table = colourTable(reader.u8());
      data = reader.position + table + 1; // and the LZW minimum code size
    } else if (introducer !== TRAILER) {
      return;
    }
    reader.position = data;
    if (introducer !== TRAILER) skipSubBlocks(reader);
    const end = reader.position;
    yield { introducer, label, start, data, end };
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
