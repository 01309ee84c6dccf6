import { readWork } from './avif-work';
import { countBoxes } from './box-count';
import { type Box, boxes, FULL_BOX, findBox } from './boxes';
import { NO_TAG, unboundedTags } from './icc';
import { readColours, readProperties } from './item-properties';
import { EndOfBytes, Reader } from './reader';
import { corrupt, grouped, image, overLimit, type Scan, type ScanContext, withArticle } from './result';

/** Types of items that are pictures. `none` is no registered type, so libheif hands such an item to no metadata parser. */
const PICTURE_ITEMS = new Set(['av01', 'hvc1', 'grid', 'iovl', 'iden', 'tmap']);
const NO_TYPE = 'none';

/** Replaces the type of a box that readers should skip: ISO 14496-12, 8.1.2. */
const FREE_BOX = 'free';

/**
 * How many pixels all pictures of a file may have: a multiple of the one shown, and some more. Alpha, a gain map and tiles
 * that reach over the edge make three to four times as many; the tiles of a small picture may be larger than the picture.
 */
const MOST_TIMES = 4;
const MOST_BESIDES = 2 ** 24;

/**
 * Reads the size of the primary item of an AVIF or HEIC: its `ispe` property, cropped by `clap`, its sides swapped if `irot` turns it by
 * a quarter. libheif applies these and `imir` itself and ignores EXIF, so the orientation is 1. It refuses an image whose
 * real size differs from the declared one. The primary item of a grid is the assembled picture, and its tiles must be in
 * proportion to it. One image is decoded, so there is one frame, whatever else the file holds.
 */
export function scanStill(format: 'avif' | 'heic', reader: Reader, { whole, limits }: ScanContext): Scan {
  const tooLong = overLimit(format, limits, { chunks: countBoxes(reader, limits.chunks) });
  if (tooLong !== undefined) return tooLong;
  const meta = findBox(reader, 'meta', 0, Number.POSITIVE_INFINITY);
  if (whole && meta === undefined && findBox(reader, 'moov', 0, Number.POSITIVE_INFINITY)) {
    return { kind: 'unsupported', found: `${withArticle(format)} video without a still picture` };
  }
  if (meta === undefined || meta.end > reader.length) throw new EndOfBytes();
  const primary = primaryItem(reader, meta);
  const properties = findBox(reader, 'iprp', meta.body + FULL_BOX, meta.end);
  if (primary === undefined || properties === undefined)
    return corrupt(format, 'no primary item with properties');
  const { pixels, parts } = readWork(reader, meta, primary, limits.chunks);
  const tooMany = overLimit(format, limits, { chunks: parts });
  if (tooMany !== undefined) return tooMany;
  const { coded, shown } = readProperties(reader, properties, primary);
  const { colours } = readColours(reader, meta, properties, primary);
  if (coded === undefined || shown === undefined)
    return corrupt(format, 'no size (ispe) for its primary item');
  const allowed = MOST_TIMES * coded.width * coded.height + MOST_BESIDES;
  if (pixels > allowed) {
    const found = Number.isFinite(pixels) ? grouped(pixels) : 'pictures made of each other';
    const reason = `Expected at most ${grouped(allowed)} pixels in all pictures of ${withArticle(format)} of ${coded.width}×${coded.height} but found ${found}.`;
    return { kind: 'suspicious', what: 'pixels', found: pixels, allowed, reason };
  }
  const isCropped = coded.width * coded.height !== shown.width * shown.height;
  return image(format, {
    ...shown,
    ...(isCropped && { coded }),
    ...(colours && { colours }),
    complete: whole,
  });
}

export function scanAvif(reader: Reader, context: ScanContext): Scan {
  return scanStill('avif', reader, context);
}

/**
 * Removes the type of every item that isn't a picture (EXIF, XMP and whatever else) in a copy, so that libheif reports none
 * of them. It also removes the type of a colour profile that is not bounded, which is a property and not an item. Their
 * bytes stay, since cutting them would move what other boxes point at.
 */
export function cutAvif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  let copy: Uint8Array | undefined;
  for (const meta of boxes(reader, 0, Number.POSITIVE_INFINITY)) {
    if (meta.type !== 'meta') continue;
    for (const box of boxes(reader, meta.body + FULL_BOX, meta.end)) {
      for (const at of box.type === 'iinf' ? itemTypes(reader, box) : []) replace(at, NO_TYPE);
      for (const { at, profile } of box.type === 'iprp' ? profiles(bytes, box) : []) {
        const tags = unboundedTags(profile);
        if (tags === undefined) replace(at, FREE_BOX);
        else for (const tag of tags) replace(at + 4 + COLOUR_TYPE + tag, NO_TAG);
      }
    }
  }
  // libvips asks for the brand of a still picture; libheif then shows the primary item.
  if (reader.length >= 12 && isSequence(reader)) replace(MAJOR_BRAND, 'avif');
  return copy ?? bytes;

  function replace(at: number, by: string): void {
    copy ??= Uint8Array.from(bytes);
    copy.set(Buffer.from(by, 'latin1'), at);
  }
}

/** Position of the major brand in the `ftyp` box that a file begins with. */
const MAJOR_BRAND = 8;

function isSequence(reader: Reader): boolean {
  reader.position = MAJOR_BRAND;
  return reader.skipText('avis');
}

/** `prof` or `rICC`, before the profile in a `colr` box. */
export const COLOUR_TYPE = 4;

/** Yields the ICC profiles and the positions of their boxes' types. */
function* profiles(bytes: Uint8Array, properties: Box): Generator<{ at: number; profile: Uint8Array }> {
  const reader = new Reader(bytes);
  for (const container of boxes(reader, properties.body, properties.end)) {
    if (container.type !== 'ipco') continue;
    for (const { type, start, body, end } of boxes(reader, container.body, container.end)) {
      if (type !== 'colr' || body !== start + 8) continue;
      yield { at: start + 4, profile: bytes.subarray(body + COLOUR_TYPE, end) };
    }
  }
}

/** Yields the positions of the types of items that aren't pictures, in one `iinf` box. */
function* itemTypes(reader: Reader, list: Box): Generator<number> {
  reader.position = list.body;
  if (!reader.has(FULL_BOX)) return;
  const first = list.body + FULL_BOX + (reader.u8() === 0 ? 2 : 4); // after the count of entries
  for (const item of boxes(reader, first, list.end)) {
    reader.position = item.body;
    if (item.type !== 'infe' || !reader.has(FULL_BOX)) continue;
    const version = reader.u8();
    if (version < 2) continue; // has no type, so it cannot be EXIF
    const at = item.body + FULL_BOX + (version === 2 ? 2 : 4) + 2; // after item id and protection index
    reader.position = at;
    if (reader.has(4) && !PICTURE_ITEMS.has(reader.text(4))) yield at;
  }
}

export function primaryItem(reader: Reader, meta: Box): number | undefined {
  const box = findBox(reader, 'pitm', meta.body + FULL_BOX, meta.end);
  if (box === undefined) return undefined;
  reader.position = box.body;
  const version = reader.u8();
  reader.position = box.body + FULL_BOX;
  return version === 0 ? reader.u16() : reader.u32();
}
