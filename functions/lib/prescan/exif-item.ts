import { type Box, boxes, FULL_BOX, findBox } from './boxes';
import { EndOfBytes, Reader } from './reader';

/** Items that are looked through. Of the 65,536 that a file may have, a picture of tiles has some hundred. */
const MOST_ITEMS = 65_536;

/**
 * The EXIF of an ISO base media picture, which is what AVIF and HEIC are: the content of the first item of type `Exif`
 * (ISO 23008-12, A.2.1), after the field that says where in it the TIFF structure begins. An item in several pieces, which no
 * known encoder writes, counts as missing.
 */
export function exifOfItems(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(bytes);
  try {
    const meta = findBox(reader, 'meta', 0, Number.POSITIVE_INFINITY);
    const children = meta && ([meta.body + FULL_BOX, meta.end] as const);
    const list = children && findBox(reader, 'iinf', ...children);
    const locations = children && findBox(reader, 'iloc', ...children);
    const item = list && findExifItem(reader, list);
    const place = item !== undefined && locations ? locationOf(reader, locations, item) : undefined;
    if (children === undefined || place === undefined) return undefined;
    const start = place.at + (place.inData ? (findBox(reader, 'idat', ...children)?.body ?? Number.NaN) : 0);
    const content = reader.slice(start, place.length === 0 ? reader.length : start + place.length);
    content.littleEndian = false;
    const header = content.u32();
    return content.slice(content.position + header, content.length).rest();
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined;
    throw error;
  }
}

/** The id of the first item of type `Exif`. */
function findExifItem(reader: Reader, list: Box): number | undefined {
  reader.position = list.body;
  const first = list.body + FULL_BOX + (reader.u8() === 0 ? 2 : 4); // after the count of entries
  let items = 0;
  for (const { type, body } of boxes(reader, first, list.end)) {
    if (++items > MOST_ITEMS) return undefined;
    reader.position = body;
    if (type !== 'infe') continue;
    const version = reader.u8();
    if (version < 2) continue; // has no type
    reader.position = body + FULL_BOX;
    const id = version === 2 ? reader.u16() : reader.u32();
    reader.position += 2; // protection index
    if (reader.skipText('Exif')) return id;
  }
  return undefined;
}

/** Where an item's content is: in the file, or in the `idat` box. A length of 0 is up to the end of the file. */
interface Place {
  at: number;
  length: number;
  inData: boolean;
}

/** Finds an item in the `iloc` box: ISO 14496-12, 8.11.3. */
function locationOf(reader: Reader, box: Box, wanted: number): Place | undefined {
  reader.position = box.body;
  const version = reader.u8();
  reader.position = box.body + FULL_BOX;
  const sizes = reader.u16();
  const [offsetSize, lengthSize] = [sizes >> 12, (sizes >> 8) & 15];
  const [baseSize, indexSize] = [(sizes >> 4) & 15, version > 0 ? sizes & 15 : 0];
  const field = (size: number) => (size === 8 ? reader.u64() : size === 4 ? reader.u32() : 0);
  const items = Math.min(version < 2 ? reader.u16() : reader.u32(), MOST_ITEMS);
  for (let i = 0; i < items; i++) {
    const id = version < 2 ? reader.u16() : reader.u32();
    const method = version > 0 ? reader.u16() & 15 : 0;
    reader.position += 2; // which file it is in: always this one
    const base = field(baseSize);
    const extents = reader.u16();
    if (id !== wanted) {
      reader.position += extents * (indexSize + offsetSize + lengthSize);
      continue;
    }
    if (extents !== 1 || method > 1) return undefined;
    field(indexSize);
    return { at: base + field(offsetSize), length: field(lengthSize), inData: method === 1 };
  }
  return undefined;
}
