import {
  entriesOf,
  firstShort,
  nextField,
  rational,
  readEntries,
  readNext,
  readTiffHeader,
  TAG,
} from './directory';
import { NO_TAG, unboundedTags } from './icc';
import { EndOfBytes, Reader } from './reader';
import {
  corrupt,
  image,
  type Orientation,
  overLimit,
  type Scan,
  type ScanContext,
  type Size,
} from './result';

/**
 * Strips and tiles of the page that is shown; a strip may be one row. Each can be a JPEG with up to 100 scans, and all can
 * be the same one: 190,000 tiles of 16×16 fit in 1.6 MB and cost 19 s.
 */
const MOST_PIECES = 20_000;

/** Directories that are counted as pages. The scan reads none behind them, and the decoder gets none of them. */
const MOST_PAGES = 10_000;

/** Directories that are searched for a whole picture. */
const MOST_PREVIEWS = 16;

/** Bits of NewSubfileType (TIFF 6.0, section 8): a reduced copy of another picture, and a mask for one. */
const REDUCED = 1;
const MASK = 4;

/**
 * Reads size and orientation from the first directory that is neither a preview nor a mask. Counts the directories, which
 * are the pages, and the pieces in which the page is stored.
 */
export function scanTiff(reader: Reader, { whole, limits }: ScanContext): Scan {
  const header = readTiffHeader(reader);
  if (header === undefined) return corrupt('tiff', 'no byte order and magic number');
  const { first, big } = header;
  if (!whole) readNext(reader, first, big); // all of the first directory must be there to know what it says
  const { pages, loop } = countDirectories(reader, first, big);
  if (loop) {
    const reason = `Expected a chain of directories in a TIFF but number ${pages} points back at one before it.`;
    return { kind: 'suspicious', what: 'directories', found: pages + 1, allowed: pages, reason };
  }
  const at = shownDirectory(reader, first, big, whole);
  const values = readEntries(reader, at, [TAG.width, TAG.height, TAG.orientation], big);
  const width = values.get(TAG.width);
  const height = values.get(TAG.height);
  if (width === undefined || height === undefined) {
    return corrupt('tiff', 'no width and height in its first directory');
  }
  const tooMany = overLimit(
    'tiff',
    { ...limits, chunks: MOST_PIECES },
    { chunks: countPieces(reader, at, big) },
  );
  if (tooMany !== undefined) return tooMany;
  const find = (read: typeof firstShort, tag: number) => known(() => read(reader, at, tag, big), whole);
  const samples = unusualSamples(find);
  if (samples !== undefined) return { kind: 'unsupported', found: `a TIFF image with ${samples}` };
  const orientation = values.get(TAG.orientation) ?? 1;
  const shown = withSquarePixels(find, { width, height });
  return image('tiff', {
    ...shown,
    ...((shown.width !== width || shown.height !== height) && { coded: { width, height } }),
    orientation: orientation >= 1 && orientation <= 8 ? (orientation as Orientation) : 1,
    frames: pages,
    complete: whole,
  });
}

/** The directory of the page that is shown. If all are previews, it is the first. */
function shownDirectory(reader: Reader, first: number, big: boolean, whole: boolean): number {
  try {
    let at = first;
    for (let page = 0; at !== 0 && page < MOST_PREVIEWS; page++) {
      const values = readEntries(reader, at, [TAG.newSubfileType, TAG.subfileType], big);
      const kind = values.get(TAG.newSubfileType) ?? (values.get(TAG.subfileType) === 2 ? REDUCED : 0);
      if ((kind & (REDUCED | MASK)) === 0) return at;
      at = readNext(reader, at, big);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes) || !whole) throw error;
  }
  return first;
}

/** Reads a value of the page that is shown. */
type Find = (read: typeof firstShort, tag: number) => number | undefined;

/** A value that lies beyond the end of a whole file is none. Beyond the start of a file it may still come. */
function known<Value>(read: () => Value, whole: boolean): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EndOfBytes) || !whole) throw error;
    return undefined;
  }
}

/** Names samples that sharp 0.35.5 misreads, so that it shows stripes or black. Undefined if it reads them right. */
function unusualSamples(find: Find): string | undefined {
  const bits = find(firstShort, TAG.bits) ?? 1;
  const format = find(firstShort, TAG.sampleFormat) ?? 1;
  if (format === 3) return 'floating-point samples';
  if (format === 2) return 'signed samples';
  return bits > 16 ? `${bits} bits a sample` : undefined;
}

/** Resolutions that differ by more are a mistake: those of fax differ by up to 4. */
const MOST_STRETCHED = 4.1;

/** The size with square pixels: the side with more pixels to the inch is reduced. */
function withSquarePixels(find: Find, { width, height }: Size): Size {
  const across = find(rational, TAG.xResolution) ?? 1;
  const down = find(rational, TAG.yResolution) ?? 1;
  const ratio = across / down;
  const isMeant = ratio > 1 / MOST_STRETCHED && ratio < MOST_STRETCHED && Math.abs(ratio - 1) > 0.01;
  if (!isMeant) return { width, height };
  return ratio > 1
    ? { width: Math.max(1, Math.round(width / ratio)), height }
    : { width, height: Math.max(1, Math.round(height * ratio)) };
}

/** Counts the offsets of pieces: a piece without an offset cannot be read. */
function countPieces(reader: Reader, first: number, big: boolean): number {
  let most = 0;
  for (const tag of [TAG.strips, TAG.tiles]) {
    for (const { count } of entriesOf(reader, first, tag, big)) most = Math.max(most, count);
  }
  return most;
}

/**
 * Leaves the decoder one directory, that of the page that is shown, and a bounded ICC profile, in a copy. Metadata can't be
 * cut from a TIFF: they are tags among those that describe the pixels. libtiff reads them, and hands its EXIF directory to
 * no other parser (measured with sharp 0.35.5: one that points at itself costs nothing).
 */
export function cutTiff(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const header = readTiffHeader(reader);
  if (header === undefined) return bytes;
  const { first, big } = header;
  const { littleEndian } = reader;
  const at = shownDirectory(reader, first, big, true);
  let copy: Uint8Array | undefined;
  if (at !== first) writeOffset(big ? 8 : 4, at);
  if (hasNext(reader, at, big)) writeOffset(nextField(reader, at, big), 0);
  for (const entry of entriesOf(reader, at, TAG.profile, big)) {
    const tags = unboundedTags(bytes.subarray(entry.value, entry.value + entry.count));
    if (tags === undefined) writable().fill(0xff, entry.at, entry.at + 2);
    else for (const tag of tags) writable().set(Buffer.from(NO_TAG), entry.value + tag);
  }
  return copy ?? bytes;

  function writable(): Uint8Array {
    copy ??= Uint8Array.from(bytes);
    return copy;
  }

  function writeOffset(position: number, offset: number): void {
    const view = new DataView(writable().buffer);
    if (big) view.setBigUint64(position, BigInt(offset), littleEndian);
    else view.setUint32(position, offset, littleEndian);
  }
}

function hasNext(reader: Reader, at: number, big: boolean): boolean {
  try {
    return readNext(reader, at, big) !== 0;
  } catch (error) {
    if (error instanceof EndOfBytes) return false;
    throw error;
  }
}

/** A chain that points past the bytes ends there. */
function countDirectories(reader: Reader, first: number, big: boolean) {
  const seen = new Set<number>();
  try {
    for (let at = first; at !== 0 && seen.size < MOST_PAGES; at = readNext(reader, at, big)) {
      if (seen.has(at)) return { pages: seen.size, loop: true };
      seen.add(at);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
  }
  return { pages: seen.size, loop: false };
}
