import { type Box, boxes, FULL_BOX } from './boxes';
import { readHevc } from './hevc';
import type { Reader } from './reader';

/** A picture of tiles with a gain map is two levels deep. */
export const MAX_LEVELS = 3;

/** What a decoder may have to decode for one AVIF or HEIC. */
export interface Work {
  /** Counts every picture in the file each time it is used. Infinity if pictures are made of each other. */
  pixels: number;
  /** Properties of items and references counted on the way, and the parameters of HEVC by their bytes. Counting stops above the limit. */
  parts: number;
}

/**
 * Counts the pixels behind the pictures of an AVIF or HEIC. A picture may be put together from others (`grid`, `iovl`), which may be
 * the same one many times, and libheif 1.23.5 decodes that each time: 256 tiles of 49 megapixels fit in 2 KB
 * and take minutes. libheif refuses an AVIF's picture that is larger than its `ispe` says, so the scan can trust `ispe`.
 * The decoder of a HEIC takes the size in `hvcC` for its buffers, so the larger of the two counts.
 */
export function readWork(reader: Reader, meta: Box, primary: number, limit: number): Work {
  const pixels = new Map<number, number>();
  const sources = new Map<number, number[]>();
  let parts = 0;
  for (const box of boxes(reader, meta.body + FULL_BOX, meta.end)) {
    for (const { item, area, count = 1 } of box.type === 'iprp' ? itemAreas(reader, box, limit) : []) {
      parts += count;
      if (parts > limit) return { pixels: 0, parts };
      if (area !== undefined) pixels.set(item, Math.max(area, pixels.get(item) ?? 0));
    }
    for (const { item, source } of box.type === 'iref' ? references(reader, box, 'dimg') : []) {
      if (++parts > limit) return { pixels: 0, parts };
      const list = sources.get(item);
      if (list) list.push(source);
      else sources.set(item, [source]);
    }
  }
  for (const item of sources.keys()) pixels.set(item, Number.POSITIVE_INFINITY);
  for (let level = 0; level < MAX_LEVELS; level++) {
    for (const [item, list] of sources)
      pixels.set(
        item,
        list.reduce((sum, of) => sum + pixelsOf(of), 0),
      );
  }
  const used = new Set([...sources.values()].flat());
  let total = used.has(primary) ? pixelsOf(primary) : 0;
  for (const [item, of] of pixels) if (!used.has(item)) total += of;
  return { pixels: total, parts };

  function pixelsOf(item: number): number {
    return pixels.get(item) ?? Number.POSITIVE_INFINITY;
  }
}

/** What {@link itemAreas} has read. */
interface Part {
  item: number;
  /** Pixels, if it is a size. */
  area?: number | undefined;
  /** As how many parts it counts. @default 1 */
  count?: number;
}

/** Of no item: the properties are read before those who have them. */
const NO_ITEM = -1;

/** Bytes of `hvcC` boxes that count as one part. A box of a phone has about a hundred. */
const HEVC_PART = 64;

/**
 * The areas of each item that has a size: an item of `ipma` refers to properties of `ipco` by index, from 1. Whatever else takes
 * time to read is among them without an area, so that the caller can stop: 50 MB hold 17 million items without a property, or
 * two million sets of parameters.
 */
function* itemAreas(reader: Reader, properties: Box, limit: number): Generator<Part> {
  const areas = new Map<number, number>();
  for (const container of boxes(reader, properties.body, properties.end)) {
    if (container.type !== 'ipco') continue;
    let index = 0;
    for (const box of boxes(reader, container.body, container.end)) {
      index++;
      if (areas.size > limit) continue;
      if (box.type === 'ispe') {
        reader.position = box.body + FULL_BOX;
        areas.set(index, reader.u32() * reader.u32());
      } else if (box.type === 'hvcC') {
        const bytes = Math.min(box.end, reader.length) - box.start;
        yield { item: NO_ITEM, count: Math.ceil(bytes / HEVC_PART) };
        areas.set(index, readHevc(reader, box)?.area ?? 0);
      }
    }
  }
  for (const box of boxes(reader, properties.body, properties.end)) {
    for (const { item, indices } of box.type === 'ipma' ? associations(reader, box) : []) {
      if (indices.length === 0) yield { item };
      for (const index of indices) yield { item, area: areas.get(index) };
    }
  }
}

/** The items of an `ipma` box with the indices of their properties: at most 255 each. */
export function* associations(reader: Reader, box: Box): Generator<{ item: number; indices: number[] }> {
  reader.position = box.body;
  const version = reader.u8();
  const wide = (reader.u24() & 1) === 1;
  let at = box.body + FULL_BOX + 4; // after the count of entries: their bytes end the loop
  while (at < box.end) {
    reader.position = at;
    const item = version === 0 ? reader.u16() : reader.u32();
    // The top bit of an index says whether a reader must understand the property.
    const indices = Array.from({ length: reader.u8() }, () =>
      wide ? reader.u16() & 0x7fff : reader.u8() & 0x7f,
    );
    at = reader.position;
    yield { item, indices };
  }
}

/**
 * Yields which item refers to which, once for each use: with `dimg` the item is put together from the source, with `thmb` it
 * is a preview of the source, with `auxl` its alpha channel, say.
 */
export function* references(
  reader: Reader,
  list: Box,
  kind: 'dimg' | 'thmb' | 'auxl',
): Generator<{ item: number; source: number }> {
  reader.position = list.body;
  const wide = reader.u8() > 0;
  const id = () => (wide ? reader.u32() : reader.u16());
  for (const { type, body } of boxes(reader, list.body + FULL_BOX, list.end)) {
    if (type !== kind) continue;
    reader.position = body;
    const item = id();
    const count = reader.u16();
    for (let i = 0; i < count; i++) yield { item, source: id() };
  }
}
