import type { InputFormat } from '../../../contract/formats';
import type { Size } from '../../../contract/image';
import type { Colours } from './colours';

export type { Size };

/** EXIF orientation: how to turn or mirror the stored pixels so that the picture is upright. 1 is "as they are". */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What is counted before a native decoder sees the bytes. */
export interface ScanLimits {
  /** Scans of one JPEG. */
  scans: number;
  /**
   * Chunks of a PNG or WebP, segments of a JPEG, extensions of a GIF, boxes of an AVIF or HEIC and the properties and references
   * of its items, strips of a TIFF.
   */
  chunks: number;
}

/**
 * Measured with sharp 0.35.5; each leaves real files a wide margin.
 * - `scans`: encoders write about 10; 10,000 on 64 megapixels cost 58 s, 95 on 49 megapixels 0.7 s.
 * - `chunks`: a 100 MB PNG in IDAT chunks of 8 KiB has 12,800; a million text chunks of no use fit in 15 MB.
 */
export const DEFAULT_LIMITS: Readonly<ScanLimits> = { scans: 100, chunks: 50_000 };

/** As far as it was read, the structure is what `format` prescribes. Only a decoder can say whether the pixels decode. */
export interface ImageScan {
  kind: 'image';
  format: InputFormat;
  /** Pixels as the decoder returns them, before `orientation` is applied. */
  width: number;
  height: number;
  /** Pixels that have to be decoded, if the decoder crops or if `width` and `height` follow from the resolution. */
  coded?: Size;
  orientation: Orientation;
  /** Frames of an animation or pages of a TIFF; 1 for a still image. */
  frames: number;
  /** Whether the header of a WebP announces an animation. If not, there is one frame. */
  animated?: boolean;
  /** False if only a prefix was read: size and orientation are certain, but the counts may be higher. */
  complete: boolean;
  /** What its numbers mean, if they are not sRGB and no ICC profile says so. */
  colours?: Colours;
  /** Quality of a JPEG on the scale of libjpeg, by its table for luminance. */
  quality?: number;
  /** Whether its pixels are indices of a palette. */
  hasPalette?: true;
  /** Bytes of memory that its decoder takes for each pixel, if that depends on the file. */
  bytesPerPixel?: number;
  /** The ICC profile of a HEIC, which its decoder doesn't hand on. */
  profile?: Uint8Array;
  /** A small version of the whole picture within a HEIC, and the number of its item. */
  preview?: Size & { item: number };
  /** What was ignored, in words for a log. */
  notes: string[];
}

export interface SuspiciousScan {
  kind: 'suspicious';
  what: keyof ScanLimits | 'directories' | 'pixels';
  /** Counting stops at the first limit that is passed, so the file may have more. */
  found: number;
  allowed: number;
  reason: string;
}

export type Scan =
  | ImageScan
  | SuspiciousScan
  /** The workflow can't decode this format; `found` names it, with its article. */
  | { kind: 'unsupported'; found: string }
  /** This prefix isn't enough to decide: scan again with more bytes, or all of them. */
  | { kind: 'more'; format: InputFormat }
  | { kind: 'corrupt'; reason: string };

/** What a format's scanner works with. */
export interface ScanContext {
  /** Whether the bytes are the whole file. */
  whole: boolean;
  /** Bytes of the whole file; Infinity if that is not known. */
  totalBytes: number;
  limits: ScanLimits;
}

/** Formats as people write them. */
export const FORMAT_NAMES: Record<InputFormat, string> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  avif: 'AVIF',
  tiff: 'TIFF',
  heic: 'HEIC',
};

/** "a JPEG" */
export const withArticle = (format: InputFormat): string =>
  `${format === 'avif' ? 'an' : 'a'} ${FORMAT_NAMES[format]}`;

/** "a JPEG image". Who uploads a HEIC may never have heard of one. */
export const withKind = (format: InputFormat): string =>
  `${withArticle(format)} image${format === 'heic' ? ' (iPhone photo)' : ''}`;

/** An answer of kind `image`, or `corrupt` if a side is zero. */
export function image(
  format: InputFormat,
  facts: Pick<ImageScan, 'width' | 'height' | 'complete'> & Partial<ImageScan>,
): Scan {
  const { width, height } = facts;
  if (!(width >= 1 && height >= 1)) {
    return corrupt(format, `expected a size of at least 1×1 pixel but found ${width}×${height}`);
  }
  return { orientation: 1, frames: 1, notes: [], ...facts, kind: 'image', format };
}

/** "50,331,648" */
export const grouped = (count: number): string => new Intl.NumberFormat('en-US').format(count);

/** For `notes`: a further picture, a web page, or anything else that image viewers ignore. */
export const trailerNote = (bytes: number): string => `Bytes after the image's end, ignored: ${bytes}.`;

export function corrupt(format: InputFormat, problem: string): Scan {
  return { kind: 'corrupt', reason: `The ${FORMAT_NAMES[format]} is damaged: ${problem}.` };
}

/** An answer for the first of these counts that is above its limit, or undefined. */
export function overLimit(
  format: InputFormat,
  limits: ScanLimits,
  counts: Partial<ScanLimits>,
): SuspiciousScan | undefined {
  for (const [what, found] of Object.entries(counts) as [keyof ScanLimits, number][]) {
    const allowed = limits[what];
    if (found > allowed) {
      const reason = `Expected at most ${grouped(allowed)} ${what} in ${withArticle(format)} but found ${grouped(found)} or more.`;
      return { kind: 'suspicious', what, found, allowed, reason };
    }
  }
  return undefined;
}
