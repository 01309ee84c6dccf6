import { entriesOf, readEntries, readNext, readTiffHeader, TAG } from './directory';
import { isBoundedProfile } from './icc';
import { EndOfBytes, Reader } from './reader';
import { corrupt, image, type Orientation, overLimit, type Scan, type ScanContext } from './result';

/**
 * Strips and tiles of the first page; a strip may be one row. Each can be a JPEG of its own with up to 100 scans, and all
 * the same one: 190,000 tiles of 16×16 fit in 1.6 MB and cost 19 s.
 */
const MOST_PIECES = 20_000;

/**
 * Size and orientation from the first directory; the directories, which are its pages, are counted, and so are the
 * pieces the first is stored in.
 */
export function scanTiff(reader: Reader, { whole, limits }: ScanContext): Scan {
  const header = readTiffHeader(reader);
  if (header === undefined) return corrupt('tiff', 'no byte order and magic number');
  const { first, big } = header;
  if (!whole) readNext(reader, first, big); // all of the first directory must be there to know what it says
  const values = readEntries(reader, first, [TAG.width, TAG.height, TAG.orientation], big);
  const width = values.get(TAG.width);
  const height = values.get(TAG.height);
  if (width === undefined || height === undefined) {
    return corrupt('tiff', 'no width and height in its first directory');
  }
  const { frames, loop } = countDirectories(reader, first, big, limits.frames);
  if (loop) {
    const reason = `Expected a chain of directories in a TIFF but number ${frames} points back at one before it.`;
    return { kind: 'suspicious', what: 'directories', found: frames + 1, allowed: frames, reason };
  }
  const chunks = countPieces(reader, first, big);
  const tooMany = overLimit('tiff', { ...limits, chunks: MOST_PIECES }, { frames, chunks });
  if (tooMany !== undefined) return tooMany;
  const orientation = values.get(TAG.orientation) ?? 1;
  return image('tiff', {
    width,
    height,
    orientation: orientation >= 1 && orientation <= 8 ? (orientation as Orientation) : 1,
    frames,
    complete: whole,
  });
}

/** A piece without an offset cannot be read, so there are no more pieces than offsets. */
function countPieces(reader: Reader, first: number, big: boolean): number {
  let most = 0;
  for (const tag of [TAG.strips, TAG.tiles]) {
    for (const { count } of entriesOf(reader, first, tag, big)) most = Math.max(most, count);
  }
  return most;
}

/**
 * Renames the tag of an unbounded ICC profile, in a copy. A TIFF has nothing to cut: its metadata are tags among those that
 * describe the pixels. libtiff reads them, and its EXIF directory reaches no other parser (measured with sharp
 * 0.35.5: one that points at itself costs nothing).
 */
export function cutTiff(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const header = readTiffHeader(reader);
  if (header === undefined) return bytes;
  let copy: Uint8Array | undefined;
  for (const { at, value } of entriesOf(reader, header.first, TAG.profile, header.big)) {
    if (isBoundedProfile(bytes.subarray(value))) continue;
    copy ??= Uint8Array.from(bytes);
    copy.fill(0xff, at, at + 2);
  }
  return copy ?? bytes;
}

/** Counts up to one more than `limit`. A chain that leaves the bytes ends there: the decoder reads the first page. */
function countDirectories(reader: Reader, first: number, big: boolean, limit: number) {
  const seen = new Set<number>();
  try {
    for (let at = first; at !== 0 && seen.size <= limit; at = readNext(reader, at, big)) {
      if (seen.has(at)) return { frames: seen.size, loop: true };
      seen.add(at);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
  }
  return { frames: seen.size, loop: false };
}
