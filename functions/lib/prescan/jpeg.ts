import { readOrientation } from './exif';
import { boundedProfile } from './icc';
import { readQuality } from './jpeg-quality';
import { Keep } from './keep';
import { EndOfBytes, Reader } from './reader';
import {
  corrupt,
  image,
  type Orientation,
  overLimit,
  type Scan,
  type ScanContext,
  trailerNote,
} from './result';

/** Markers, ITU-T T.81 table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
/** ITU-T T.87, table C.1. */
const SOF_LS = 0xf7;
const TEM = 0x01;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** A segment with a part of an ICC profile begins with this, followed by the part's number from 1 and the number of parts. */
const PROFILE = 'ICC_PROFILE\0';
const PROFILE_PART = PROFILE.length + 2;

/** Sample precision, height, width and number of components. */
const FRAME_HEADER = 6;

/** From `start` (its 0xff) up to `end`; a scan (SOS) includes its entropy-coded data. `end` may lie past the bytes. */
interface Segment {
  marker: number;
  start: number;
  /** Position of its content, after marker and length. */
  body: number;
  end: number;
}

/** Counts scans and segments up to EOI, and reads size and orientation. What follows EOI is no part of the image. */
export function scanJpeg(reader: Reader, { whole, limits }: ScanContext): Scan {
  const notes: string[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation | undefined;
  let quality: number | undefined;
  let scans = 0;
  let chunks = 0;
  for (const { marker, body, end } of segments(reader)) {
    if (++chunks > limits.chunks) break;
    if (marker === SOS) scans++;
    if (marker === EOI && end < reader.length) notes.push(trailerNote(reader.length - end));
    if (scans > 0) continue; // a decoder takes size and metadata from before the first scan only
    const kind = unsupportedKind(marker);
    if (kind) return { kind: 'unsupported', found: kind };
    if (isFrameHeader(marker) && size === undefined) {
      if (end - body < FRAME_HEADER) return corrupt('jpeg', 'a frame header (SOF) too short for its size');
      reader.position = body;
      const bits = reader.u8();
      if (bits !== 8) return { kind: 'unsupported', found: `a JPEG image with ${bits} bits a colour` };
      size = readSize(reader, body);
    }
    if (marker === DQT) quality ??= readQuality(reader.slice(body, Math.min(end, reader.length)));
    if (marker === APP1 && orientation === undefined) {
      const block = reader.slice(body, end);
      if (block.skipText('Exif\0\0')) orientation = readOrientation(block, notes);
    }
  }
  const tooMany = overLimit('jpeg', limits, { scans, chunks });
  if (tooMany !== undefined) return tooMany;
  if (scans === 0) throw new EndOfBytes();
  if (size === undefined) return corrupt('jpeg', 'no frame header (SOF) before the first scan');
  return image('jpeg', {
    ...size,
    orientation: orientation ?? 1,
    ...(quality !== undefined && { quality }),
    complete: whole,
    notes,
  });
}

/**
 * Cuts comments and every APPn segment but three that affect colours: JFIF, a bounded ICC profile, Adobe. Also cuts what
 * follows EOI (the further pictures of a multi-picture file, or a trailer of any kind). If EOI is missing, it is added; the
 * decoder says whether the data before it is whole.
 */
export function cutJpeg(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  const { profile, isAsStored } = readProfile(bytes);
  let isSequential = false;
  let hasProfile = false;
  let endsInData = false;
  keep.range(0, 2);
  for (const segment of segments(reader)) {
    const { marker, start, body, end } = segment;
    const content = reader.slice(body, Math.min(end, bytes.length));
    if (marker === APP2 && !isAsStored) {
      if (profile && !hasProfile && content.skipText(PROFILE)) {
        for (const part of profileSegments(profile)) keep.insert(part);
        hasProfile = true;
      }
      continue;
    }
    if (!isPicture(marker, content)) continue;
    if (isFrameHeader(marker)) isSequential = marker <= 0xc1;
    const parameters = marker === SOS && isSequential ? parametersOf(bytes, segment) : undefined;
    if (parameters !== undefined && !isWholeBlock(bytes, parameters)) {
      // Some cameras leave the range of coefficients empty. Only progressive pictures use it.
      keep.range(start, parameters);
      keep.insert(WHOLE_BLOCK);
      keep.range(parameters + 3, end);
    } else {
      keep.range(start, end);
    }
    endsInData = marker === SOS && headerEnd(bytes, start) <= bytes.length;
  }
  if (endsInData) keep.insert(Buffer.from([0xff, EOI]));
  return keep.result();
}

/** The EXIF of a JPEG: the first that it has before its first scan. */
export function exifOfJpeg(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, body, end } of segments(new Reader(bytes), SOS)) {
    const content = new Reader(bytes.subarray(body, end));
    if (marker === APP1 && content.skipText('Exif\0\0')) return content.rest();
  }
  return undefined;
}

/** First and last coefficient, and no successive approximation: what a scan of a sequential JPEG has (T.81, B.2.3). */
const WHOLE_BLOCK = Buffer.from([0, 63, 0]);

/** Position of those three bytes; undefined if the scan's header is not as long as its components take. */
function parametersOf(bytes: Uint8Array, { start, body }: Segment): number | undefined {
  const end = headerEnd(bytes, start);
  const expected = body + 1 + 2 * (bytes[body] ?? 0) + WHOLE_BLOCK.length;
  return end === expected && end <= bytes.length ? end - WHOLE_BLOCK.length : undefined;
}

function headerEnd(bytes: Uint8Array, start: number): number {
  return start + 2 + (((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0));
}

function isWholeBlock(bytes: Uint8Array, at: number): boolean {
  return WHOLE_BLOCK.every((value, i) => bytes[at + i] === value);
}

/** Bytes of a profile that fit in one segment. */
const MOST_IN_SEGMENT = 0xffff - 2 - PROFILE_PART;

/** The profile in as few segments as it takes. */
function profileSegments(profile: Uint8Array): Uint8Array[] {
  const count = Math.ceil(profile.length / MOST_IN_SEGMENT);
  return Array.from({ length: count }, (_, i) => {
    const part = profile.subarray(i * MOST_IN_SEGMENT, (i + 1) * MOST_IN_SEGMENT);
    const header = Buffer.from([0xff, APP2, 0, 0, ...Buffer.from(PROFILE, 'latin1'), i + 1, count]);
    header.writeUInt16BE(2 + PROFILE_PART + part.length, 2);
    return Buffer.concat([header, part]);
  });
}

/**
 * Puts the bounded ICC profile together from its segments by their numbers. Of two with the same number the first counts.
 * The profile is undefined if there is none or a part is missing.
 *
 * `isAsStored` says whether the file has exactly this profile, each part once and in order.
 */
function readProfile(bytes: Uint8Array): { profile?: Uint8Array; isAsStored: boolean } {
  const reader = new Reader(bytes);
  const parts: Uint8Array[] = [];
  let total: number | undefined;
  let isAsStored = true;
  let length = 0;
  for (const { marker, body, end } of segments(reader, SOS)) {
    const content = reader.slice(body, Math.min(end, bytes.length));
    if (marker !== APP2 || !content.skipText(PROFILE)) continue;
    if (!content.has(2)) return { isAsStored: false };
    const number = content.u8();
    total ??= content.u8();
    if (number !== ++length) isAsStored = false;
    parts[number] ??= bytes.subarray(body + PROFILE_PART, end);
  }
  if (total === undefined) return { isAsStored: true };
  const present = Array.from({ length: total }, (_, i) => parts[i + 1]);
  if (total === 0 || !present.every((part) => part !== undefined)) return { isAsStored: false };
  const stored = Buffer.concat(present);
  const profile = boundedProfile(stored);
  return { ...(profile && { profile }), isAsStored: isAsStored && length === total && profile === stored };
}

/**
 * Yields the segments after SOI, up to and including EOI. Like libjpeg it skips anything between segments that is no marker,
 * and sees no marker inside a segment's content. The loop's body may move the reader.
 *
 * @param until marker before which it ends
 */
function* segments(reader: Reader, until?: number): Generator<Segment> {
  reader.position = 2;
  for (;;) {
    const marker = reader.nextMarker();
    if (marker === undefined || marker === until) return;
    const start = reader.position - 2;
    const standalone = marker === SOI || marker === EOI || marker === TEM;
    const body = reader.position + (standalone ? 0 : 2);
    let end = body;
    if (!standalone) {
      if (!reader.has(2)) return;
      end = Math.max(body, start + 2 + reader.u16()); // a length under 2 is one that libjpeg refuses
    }
    if (marker === SOS) {
      reader.position = end;
      end = reader.nextMarker() === undefined ? reader.length : reader.position - 2;
    }
    yield { marker, start, body, end };
    if (marker === EOI) return;
    reader.position = end;
  }
}

/** SOF0 to SOF15; three codes in that range are tables. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * Names the kinds of JPEG that no browser shows. The decoder for arithmetic coding goes on without data: 100 scans of
 * 49 megapixels fit in 100 KB and cost 19 s with sharp 0.35.5, and 1 s with Huffman codes.
 */
function unsupportedKind(marker: number): string | undefined {
  if (marker === SOF_LS) return 'a JPEG-LS image';
  if (!isFrameHeader(marker)) return undefined;
  if (marker > 0xc8) return 'a JPEG image with arithmetic coding';
  if (marker === 0xc3) return 'a lossless JPEG image';
  return marker >= 0xc5 ? 'a hierarchical JPEG image' : undefined;
}

/** A height of zero means that a later DNL segment has it. libjpeg refuses that, and so does `image`. */
function readSize(reader: Reader, body: number): { width: number; height: number } {
  reader.position = body + 1; // after the sample precision
  const height = reader.u16();
  return { width: reader.u16(), height };
}

function isPicture(marker: number, content: Reader): boolean {
  if (marker === APP0) return content.skipText('JFIF\0');
  if (marker === APP2) return content.skipText(PROFILE);
  if (marker === APP14) return content.skipText('Adobe');
  return marker !== COM && !(marker >= APP0 && marker <= APP15);
}
