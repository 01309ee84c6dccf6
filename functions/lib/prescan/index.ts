/**
 * The bounded structural pre-scan: what a file is, how large its picture is, and whether its structure is one that a
 * native decoder may be given. Some files of a few kilobytes hold libexif or libwebp for a minute, and no option of
 * sharp stops them; counting here does, in time linear in the bytes. No input makes these functions throw or loop.
 */
import type { Exif, ExifField } from '../../../contract/details';
import type { InputFormat } from '../../../contract/formats';
import { readExif } from './exif-fields';
import { exifOfItems } from './exif-item';
import { cutGif, scanGif } from './gif';
import { scanHeic } from './heic';
import { cutAvif, scanAvif } from './isobmff';
import { cutJpeg, exifOfJpeg, scanJpeg } from './jpeg';
import { identify } from './magic';
import { cutPng, exifOfPng, scanPng } from './png';
import { EndOfBytes, Reader } from './reader';
import { corrupt, DEFAULT_LIMITS, type Scan, type ScanContext, type ScanLimits } from './result';
import { cutTiff, scanTiff } from './tiff';
import { cutWebp, exifOfWebp, scanWebp } from './webp';

export { type Identified, identify } from './magic';
export {
  DEFAULT_LIMITS,
  type ImageScan,
  type Orientation,
  type Scan,
  type ScanLimits,
  type SuspiciousScan,
} from './result';

interface Format {
  scan(reader: Reader, context: ScanContext): Scan;
  cut(bytes: Uint8Array, frame?: number | 'all'): Uint8Array;
  /** The TIFF structure that holds its EXIF. A format without this has none. */
  exif?(bytes: Uint8Array): Uint8Array | undefined;
}

const FORMATS: Record<InputFormat, Format> = {
  jpeg: { scan: scanJpeg, cut: cutJpeg, exif: exifOfJpeg },
  png: { scan: scanPng, cut: cutPng, exif: exifOfPng },
  webp: { scan: scanWebp, cut: cutWebp, exif: exifOfWebp },
  gif: { scan: scanGif, cut: cutGif },
  avif: { scan: scanAvif, cut: cutAvif, exif: exifOfItems },
  tiff: { scan: scanTiff, cut: cutTiff, exif: (bytes) => bytes },
  heic: { scan: scanHeic, cut: cutAvif, exif: exifOfItems },
};

export interface ScanOptions {
  /** Whether `bytes` are the whole file; otherwise they are its beginning. */
  whole: boolean;
  /** Bytes of the whole file, if known. A prefix with that many is the whole. */
  totalBytes?: number;
  /** @default DEFAULT_LIMITS */
  limits?: Partial<ScanLimits>;
}

/**
 * Judges a file, or its beginning, by its structure. A file is what its first bytes say. What else it may be to a program
 * that reads further (a page of HTML after a JPEG's end) is ignored, and `withoutMetadata` cuts it.
 *
 * @example
 * const result = scan(head, { whole: false, totalBytes: 4_000_000 });
 * if (result.kind === 'more') // fetch the rest, then: scan(all, { whole: true })
 */
export function scan(bytes: Uint8Array, { whole, totalBytes, limits }: ScanOptions): Scan {
  const identified = identify(bytes);
  if ('found' in identified) return { kind: 'unsupported', found: identified.found };
  const { format } = identified;
  const all = whole || bytes.length >= (totalBytes ?? Number.POSITIVE_INFINITY);
  const context: ScanContext = {
    whole: all,
    totalBytes: all ? bytes.length : (totalBytes ?? Number.POSITIVE_INFINITY),
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
  try {
    return FORMATS[format].scan(new Reader(bytes), context);
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    return all
      ? corrupt(format, `its ${bytes.length} bytes end before the image begins`)
      : { kind: 'more', format };
  }
}

/**
 * Returns the bytes without EXIF, XMP, IPTC, comments, text chunks and what follows the image's end, so that no native
 * metadata parser sees them. Whatever affects the colours stays: JFIF, Adobe APP14, PNG's colour chunks, and an ICC profile
 * unless its work is unbounded (`icc.ts`).
 *
 * The orientation is cut with the EXIF. Apply the one that `scan` returns, and don't ask the decoder to orient as well (a
 * TIFF keeps its tag). Of an animation or of several pages one picture stays, with the original's pixels. If the end marker
 * is missing, it is added; `scan` and the decoder say whether the picture before it is whole.
 *
 * The array given is never changed. If there is nothing to cut, it is returned itself.
 *
 * @param frame number of the frame to keep of an animated WebP; of a GIF it is the first that shows something; `all` keeps
 * every frame of both, their timing, and how often they are shown
 */
export function withoutMetadata(
  bytes: Uint8Array,
  format: InputFormat,
  frame: number | 'all' = 0,
): Uint8Array {
  try {
    return FORMATS[format].cut(bytes, frame);
  } catch (error) {
    if (error instanceof EndOfBytes) return bytes; // ends inside its header, before any metadata
    throw error;
  }
}

/**
 * Takes the wanted fields out of a whole file's EXIF (`exif-fields.ts`).
 *
 * @param bytes of a file whose structure `scan` has accepted
 * @returns undefined if it has none of the fields
 */
export function exifIn(
  bytes: Uint8Array,
  format: InputFormat,
  wanted: readonly ExifField[],
): Exif | undefined {
  try {
    const block = FORMATS[format].exif?.(bytes);
    return block && readExif(block, wanted);
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined; // ends inside its header
    throw error;
  }
}
