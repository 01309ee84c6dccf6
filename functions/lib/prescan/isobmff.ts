import { associations, readWork } from './avif-work';
import { type Box, boxes, FULL_BOX, findBox } from './boxes';
import { isBoundedProfile } from './icc';
import { EndOfBytes, Reader } from './reader';
import { corrupt, image, overLimit, type Scan, type ScanContext } from './result';

/** Item types that are picture. `none` is no registered type: libheif hands such an item to no metadata parser. */
const PICTURE_ITEMS = new Set(['av01', 'grid', 'iovl', 'iden', 'tmap']);
const NO_TYPE = 'none';

/** What replaces the type of a box that is to be passed over: ISO 14496-12, 8.1.2. */
const FREE_BOX = 'free';

/**
 * How many pixels all pictures of a file may have, as multiples of the one shown and besides. Alpha, a gain map and
 * tiles that reach over its edge take three to four times as many; for small ones tiles may be larger than all of it.
 */
const MOST_TIMES = 4;
const MOST_BESIDES = 2 ** 24;

/**
 * The size of an AVIF's primary item: its `ispe` property, sides swapped where `irot` turns it by a quarter. libheif
 * applies `irot` and `imir` itself and disregards EXIF, so the orientation is 1; it refuses an image whose real size
 * is not the one declared. A crop (`clap`) is not looked at: it can only make the result smaller. Of a grid the primary
 * item is the assembled picture, and its tiles must not be out of proportion to it. One image is decoded, hence one
 * frame, whatever else the file holds.
 */
export function scanAvif(reader: Reader, { whole, limits }: ScanContext): Scan {
  const meta = findBox(reader, 'meta', 0, Number.POSITIVE_INFINITY);
  if (meta === undefined || meta.end > reader.length) throw new EndOfBytes();
  const primary = readPrimaryItem(reader, meta);
  const properties = findBox(reader, 'iprp', meta.body + FULL_BOX, meta.end);
  if (primary === undefined || properties === undefined)
    return corrupt('avif', 'no primary item with properties');
  const wanted = readAssociations(reader, properties, primary);
  const container = findBox(reader, 'ipco', properties.body, properties.end);
  let size: { width: number; height: number } | undefined;
  let turned = false;
  let index = 0;
  for (const { type, body } of container ? boxes(reader, container.body, container.end) : []) {
    if (!wanted.has(++index)) continue;
    reader.position = body;
    if (type === 'irot') turned = reader.u8() % 2 === 1;
    reader.position = body + FULL_BOX;
    if (type === 'ispe') size ??= { width: reader.u32(), height: reader.u32() };
  }
  if (size === undefined) return corrupt('avif', 'no size (ispe) for its primary item');
  const { width, height } = size;
  const { pixels, parts } = readWork(reader, meta, primary, limits.chunks);
  const tooMany = overLimit('avif', limits, { chunks: parts });
  if (tooMany !== undefined) return tooMany;
  const allowed = MOST_TIMES * width * height + MOST_BESIDES;
  if (pixels > allowed) {
    const found = Number.isFinite(pixels) ? pixels : 'pictures made of each other';
    const reason = `Expected at most ${allowed} pixels in all pictures of an AVIF of ${width}×${height} but found ${found}.`;
    return { kind: 'suspicious', what: 'pixels', found: pixels, allowed, reason };
  }
  return image(
    'avif',
    turned ? { width: height, height: width, complete: whole } : { width, height, complete: whole },
  );
}

/**
 * Takes the type away from every item that is not picture (EXIF, XMP and whatever else), in a copy, so that libheif
 * reports none of them; and from a colour profile that is not bounded, which is a property and no item. Their bytes
 * stay: cutting would move what other boxes point at.
 */
export function cutAvif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  let copy: Uint8Array | undefined;
  for (const meta of boxes(reader, 0, Number.POSITIVE_INFINITY)) {
    if (meta.type !== 'meta') continue;
    for (const box of boxes(reader, meta.body + FULL_BOX, meta.end)) {
      for (const at of box.type === 'iinf' ? itemTypes(reader, box) : []) replace(at, NO_TYPE);
      for (const at of box.type === 'iprp' ? unboundedProfiles(bytes, box) : []) replace(at, FREE_BOX);
    }
  }
  return copy ?? bytes;

  function replace(at: number, type: string): void {
    copy ??= Uint8Array.from(bytes);
    copy.set(Buffer.from(type, 'latin1'), at);
  }
}

/** Where the types of the boxes stand that hold an unbounded profile. */
function* unboundedProfiles(bytes: Uint8Array, properties: Box): Generator<number> {
  const reader = new Reader(bytes);
  for (const container of boxes(reader, properties.body, properties.end)) {
    if (container.type !== 'ipco') continue;
    for (const { type, start, body, end } of boxes(reader, container.body, container.end)) {
      // The profile follows the kind of colour information, `prof` or `rICC`.
      if (type === 'colr' && !isBoundedProfile(bytes.subarray(body + 4, end))) yield start + 4;
    }
  }
}

/** Where the types of those items stand that are not picture, in one `iinf` box. */
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

function readPrimaryItem(reader: Reader, meta: Box): number | undefined {
  const box = findBox(reader, 'pitm', meta.body + FULL_BOX, meta.end);
  if (box === undefined) return undefined;
  reader.position = box.body;
  const version = reader.u8();
  reader.position = box.body + FULL_BOX;
  return version === 0 ? reader.u16() : reader.u32();
}

/** The indices, from 1, of the properties that belong to the item. */
function readAssociations(reader: Reader, properties: Box, item: number): Set<number> {
  const box = findBox(reader, 'ipma', properties.body, properties.end);
  for (const entry of box ? associations(reader, box) : []) {
    if (entry.item === item) return new Set(entry.indices);
  }
  return new Set();
}
