import { readEntries, readTiffHeader, TAG } from './directory';
import { EndOfBytes, type Reader } from './reader';
import type { Orientation } from './result';

/**
 * The orientation in an EXIF block, with or without its `Exif\0\0` prefix.
 *
 * It stands in the first directory and nowhere else, so only that one is read: no pointer to another is followed, and
 * blocks whose directories point at each other (libexif 0.6.26 takes 52 s for 2 KB of that) are as quick as any.
 * A malformed block is no reason to refuse a picture: it counts as 1, with a note.
 */
export function readOrientation(block: Reader, notes: string[]): Orientation {
  const value = firstDirectoryOrientation(block);
  if (value === undefined) notes.push('The EXIF block is malformed and was ignored.');
  return value !== undefined && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

/** Undefined where the block has no readable first directory; 1 where that says nothing. */
function firstDirectoryOrientation(block: Reader): number | undefined {
  block.skipText('Exif\0\0');
  const tiff = block.slice(block.position, block.length);
  try {
    const header = readTiffHeader(tiff);
    if (header === undefined || header.big) return undefined;
    return readEntries(tiff, header.first, [TAG.orientation]).get(TAG.orientation) ?? 1;
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined;
    throw error;
  }
}
