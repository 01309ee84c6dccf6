import type { Size } from '../../../contract/image';

/** `-400x400` at the end of a file name, before its suffix. */
const SIZE = /-([1-9]\d{0,4})x([1-9]\d{0,4})\.[^./]*$/;

/**
 * The size that an object's name asks for: 400 × 300 for `holiday/canyon-400x300.jpg`.
 *
 * A size beyond the bound is ignored, and not an error: it may well be the size of the picture itself, as in
 * `poster-4961x7016.jpg`, named by someone who never thought of thumbnails.
 *
 * @param maxSide longest side in pixels; 0 to ignore names
 * @returns null if the name asks for no size
 */
export function sizeFromName(key: string, maxSide: number): Size | null {
  const found = SIZE.exec(key);
  if (!found) return null;
  const [width, height] = [Number(found[1]), Number(found[2])];
  return Math.max(width, height) <= maxSide ? { width, height } : null;
}
