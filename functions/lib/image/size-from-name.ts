import type { Size } from '../../../contract/image';

/** `-400x400` at the end of a file name, before its ending. */
const SIZE = /-([1-9]\d{0,4})x([1-9]\d{0,4})\.[^./]*$/;

/**
 * The size that the name of an object asks its thumbnail to have: 400 × 300 for `holiday/canyon-400x300.jpg`.
 *
 * A name beyond the bound asks for nothing, rather than being an error: it may well tell the size of the picture itself,
 * as `poster-4961x7016.jpg` does, and whoever named it so may never have heard of thumbnails.
 *
 * @param maxSide longest side in pixels; 0 to ask no name
 * @returns null where the name asks for no size
 */
export function sizeFromName(key: string, maxSide: number): Size | null {
  const found = SIZE.exec(key);
  if (!found) return null;
  const [width, height] = [Number(found[1]), Number(found[2])];
  return Math.max(width, height) <= maxSide ? { width, height } : null;
}
