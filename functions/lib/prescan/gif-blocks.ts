/** The blocks of a GIF: GIF89a, sections 17 to 27. */
import type { Keep } from './keep';
import type { Reader } from './reader';

/** Block introducers, and the extensions that matter to an animation: GIF89a, sections 20 to 27. */
export const IMAGE = 0x2c;
export const EXTENSION = 0x21;
export const TRAILER = 0x3b;
export const GRAPHIC_CONTROL = 0xf9;
export const PLAIN_TEXT = 0x01;
export const APPLICATION = 0xff;

/** `GIF89a` and the logical screen descriptor. */
const HEADER = 13;

/** Bytes from an image's introducer to its packed field, and up to the minimum code size behind a colour table. */
const DESCRIPTOR = 9;

/** From `start` (its introducer) up to `end`, after its last sub-block. `end` may lie past the bytes. */
export interface Block {
  introducer: number;
  /** Of an extension; 0 otherwise. */
  label: number;
  start: number;
  /** Where its sub-blocks begin. */
  data: number;
  end: number;
}

/** Yields the blocks up to and including the trailer, until something is not GIF. The loop's body may move the reader. */
export function* blocks(reader: Reader): Generator<Block> {
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

export function firstBlock(reader: Reader): number {
  reader.position = 10;
  return HEADER + colourTable(reader.u8());
}

/** Bytes of the colour table that a packed field announces. */
function colourTable(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 0x07) + 1) : 0;
}

/** Keeps a picture and ends it with an empty sub-block. A sub-block that was cut off gets the length that is left of it. */
export function keepPicture(keep: Keep, reader: Reader, { start, data, end }: Block): void {
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

export const NO_PIXEL = 255;

export function control(transparent: number): Uint8Array {
  return Buffer.from([EXTENSION, GRAPHIC_CONTROL, 4, 1, 0, 0, transparent, 0]);
}

/** A graphic control extension: flags (the lowest bit says that there is transparency) and the index at these places. */
export const CONTROL_FLAGS = 3;
export const CONTROL_TRANSPARENT = 6;

/** Whether the indices of a picture have fewer than 8 bits, so that {@link NO_PIXEL} is none of them. */
export function hasFreeIndex(reader: Reader, picture: Block): boolean {
  reader.position = picture.data - 1;
  return reader.has(1) && reader.u8() < 8;
}
