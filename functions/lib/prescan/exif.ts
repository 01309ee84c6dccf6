import { readEntries, readTiffHeader, TAG } from './directory';
import { EndOfBytes, type Reader } from './reader';
import type { Orientation } from './result';

/**
 * Reads the orientation in an EXIF block, with or without its `Exif\0\0` prefix.
 *
 * Only the first directory can hold it, so only that one is read. No pointer to another is followed, so a block whose
 * directories point at each other is as quick as any; libexif 0.6.26 takes 52 s for 2 KB of that. A malformed block is no
 * reason to refuse a picture: its orientation counts as 1, and a note says so.
 */
export function readOrientation(block: Reader, notes: string[]): Orientation {
  const value = firstDirectoryOrientation(block);
  if (value === undefined) notes.push('The EXIF block is malformed and was ignored.');
  return value !== undefined && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

/** Undefined if the first directory can't be read, and 1 if it has no orientation. */
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
