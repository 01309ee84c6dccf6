import { cutAnimatedGif } from './gif-animation';
import {
  type Block,
  blocks,
  CONTROL_FLAGS,
  CONTROL_TRANSPARENT,
  control,
  EXTENSION,
  firstBlock,
  GRAPHIC_CONTROL,
  hasFreeIndex,
  IMAGE,
  keepPicture,
  NO_PIXEL,
  TRAILER,
} from './gif-blocks';
import { Keep } from './keep';
import { type FramePixels, framePixels } from './lzw';
import { EndOfBytes, Reader } from './reader';
import { corrupt, image, overLimit, type Scan, type ScanContext, trailerNote } from './result';

/**
 * libnsgif doesn't believe these screen sizes, since encoders wrote them for any picture, nor a side of zero or above
 * 2048. The size is then the extent of the first frame.
 */
const BOGUS_SCREENS = new Set(['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200']);
const LARGEST_SCREEN = 2048;

/** Frames that are counted. The scan reads none behind them. */
const MOST_FRAMES = 100_000;

/** Frames that are searched for one that shows something. */
const MOST_EMPTY = 16;

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
