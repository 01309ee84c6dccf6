import { EndOfBytes, Reader } from './reader';
import { corrupt, image, type Scan, type ScanContext } from './result';

/** Item types that are picture. `none` is no registered type: libheif hands such an item to no metadata parser. */
const PICTURE_ITEMS = new Set(['av01', 'grid', 'iovl', 'iden', 'tmap']);
const NO_TYPE = 'none';

/** A "full box" begins its body with a version byte and three of flags. */
const FULL_BOX = 4;

/** `body` follows size and type. `end` may lie past the bytes. */
interface Box {
  type: string;
  body: number;
  end: number;
}

/**
 * The size of an AVIF's primary item: its `ispe` property, sides swapped where `irot` turns it by a quarter. libheif
 * applies `irot` and `imir` itself and disregards EXIF, so the orientation is 1; it refuses an image whose real size
 * is not the one declared. A crop (`clap`) is not looked at: it can only make the result smaller. Of a grid the primary
 * item is the assembled picture. One image is decoded, hence one frame, whatever else the file holds.
 */
export function scanAvif(reader: Reader, { whole }: ScanContext): Scan {
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
  return image(
    'avif',
    turned ? { width: height, height: width, complete: whole } : { width, height, complete: whole },
  );
}

/**
 * Takes the type away from every item that is not picture (EXIF, XMP and whatever else), in a copy, so that libheif
 * reports none of them. Their bytes stay: cutting would move what other boxes point at. ICC is a property, no item.
 */
export function cutAvif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  let copy: Uint8Array | undefined;
  for (const meta of boxes(reader, 0, Number.POSITIVE_INFINITY)) {
    if (meta.type !== 'meta') continue;
    for (const list of boxes(reader, meta.body + FULL_BOX, meta.end)) {
      if (list.type !== 'iinf') continue;
      for (const at of itemTypes(reader, list)) {
        copy ??= Uint8Array.from(bytes);
        copy.set(Buffer.from(NO_TYPE, 'latin1'), at);
      }
    }
  }
  return copy ?? bytes;
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

/** The boxes from `start` up to `end`, or as far as they are boxes. The loop's body may move the reader. */
function* boxes(reader: Reader, start: number, end: number): Generator<Box> {
  while (start < end) {
    reader.position = start;
    if (!reader.has(8)) return;
    let size = reader.u32();
    const type = reader.text(4);
    if (size === 1) {
      if (!reader.has(8)) return;
      size = reader.u64();
    } else if (size === 0) {
      size = end - start; // up to the end of what holds it
    }
    const body = reader.position;
    const boxEnd = start + size;
    if (boxEnd < body) return;
    yield { type, body, end: boxEnd };
    start = boxEnd;
  }
}

function findBox(reader: Reader, type: string, start: number, end: number): Box | undefined {
  for (const box of boxes(reader, start, end)) if (box.type === type) return box;
  return undefined;
}

function readPrimaryItem(reader: Reader, meta: Box): number | undefined {
  const box = findBox(reader, 'pitm', meta.body + FULL_BOX, meta.end);
  if (box === undefined) return undefined;
  reader.position = box.body;
  const version = reader.u8();
  reader.position = box.body + FULL_BOX;
  return version === 0 ? reader.u16() : reader.u32();
}

/** The indices, from 1, of the properties that belong to the item: at most 255. */
function readAssociations(reader: Reader, properties: Box, item: number): Set<number> {
  const wanted = new Set<number>();
  const box = findBox(reader, 'ipma', properties.body, properties.end);
  if (box === undefined) return wanted;
  reader.position = box.body;
  const version = reader.u8();
  const wide = (reader.u24() & 1) === 1;
  reader.position += 4; // count of entries: their bytes end the loop
  while (reader.position < box.end) {
    const id = version === 0 ? reader.u16() : reader.u32();
    const count = reader.u8();
    if (id !== item) {
      reader.position += wide ? count * 2 : count;
      continue;
    }
    // The top bit says whether a reader must understand the property.
    for (let i = 0; i < count; i++) wanted.add(wide ? reader.u16() & 0x7fff : reader.u8() & 0x7f);
    return wanted;
  }
  return wanted;
}
