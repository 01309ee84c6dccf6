import { readOrientation } from './exif';
import { isBoundedProfile } from './icc';
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
const TEM = 0x01;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** `ICC_PROFILE\0`, the part's number from 1, and how many parts there are. */
const PROFILE_PART = 14;

/** Sample precision, height, width and number of components. */
const FRAME_HEADER = 6;

/** From `start` (its 0xff) up to `end`; a scan (SOS) includes its entropy-coded data. `end` may lie past the bytes. */
interface Segment {
  marker: number;
  start: number;
  /** Where its content begins, after marker and length. */
  body: number;
  end: number;
}

/** Counts scans and segments up to EOI, and reads size and orientation. What follows EOI is no part of the image. */
export function scanJpeg(reader: Reader, { whole, limits }: ScanContext): Scan {
  const notes: string[] = [];
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation | undefined;
  let scans = 0;
  let chunks = 0;
  for (const { marker, body, end } of segments(reader)) {
    if (++chunks > limits.chunks) break;
    if (marker === SOS) scans++;
    if (marker === EOI && end < reader.length) notes.push(trailerNote(reader.length - end));
    if (scans > 0) continue; // a decoder takes size and metadata from before the first scan only
    if (isArithmetic(marker)) return { kind: 'unsupported', found: 'JPEG image with arithmetic coding' };
    if (isFrameHeader(marker) && size === undefined) {
      if (end - body < FRAME_HEADER) return corrupt('jpeg', 'a frame header (SOF) too short for its size');
      size = readSize(reader, body);
    }
    if (marker === APP1 && orientation === undefined) {
      const block = reader.slice(body, end);
      if (block.skipText('Exif\0\0')) orientation = readOrientation(block, notes);
    }
  }
  const tooMany = overLimit('jpeg', limits, { scans, chunks });
  if (tooMany !== undefined) return tooMany;
  if (scans === 0) throw new EndOfBytes();
  if (size === undefined) return corrupt('jpeg', 'no frame header (SOF) before the first scan');
  return image('jpeg', { ...size, orientation: orientation ?? 1, complete: whole, notes });
}

/**
 * Cuts every APPn segment and comment but three that change colours: JFIF, a bounded ICC profile, Adobe; and what
 * follows EOI (the further pictures of a multi-picture file, or a trailer of any kind).
 */
export function cutJpeg(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  const keepsProfile = hasBoundedProfile(bytes);
  keep.range(0, 2);
  for (const { marker, start, body, end } of segments(reader)) {
    if (marker === APP2 && !keepsProfile) continue;
    if (isPicture(marker, reader.slice(body, Math.min(end, bytes.length)))) keep.range(start, end);
  }
  return keep.result();
}

/** Whether the segments of its ICC profile follow each other as they are numbered, and make up a bounded one. */
function hasBoundedProfile(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  const parts: Uint8Array[] = [];
  for (const { marker, body, end } of segments(reader, SOS)) {
    const content = reader.slice(body, Math.min(end, bytes.length));
    if (marker !== APP2 || !content.skipText('ICC_PROFILE\0')) continue;
    if (!content.has(2) || content.u8() !== parts.length + 1) return false;
    parts.push(bytes.subarray(body + PROFILE_PART, end));
  }
  return isBoundedProfile(Buffer.concat(parts));
}

/**
 * The segments after SOI, up to and with EOI. Like libjpeg it passes over anything between segments that is no marker;
 * a marker inside a segment's content is not one. The loop's body may move the reader.
 *
 * @param until marker to end before
 */
function* segments(reader: Reader, until?: number): Generator<Segment> {
  reader.position = 2;
  for (;;) {
    const marker = nextMarker(reader);
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
      end = nextMarker(reader) === undefined ? reader.length : reader.position - 2;
    }
    yield { marker, start, body, end };
    if (marker === EOI) return;
    reader.position = end;
  }
}

/** Moves past the next marker and returns its code. 0xff00 (a stuffed 0xff) and RSTn belong to a scan's data. */
function nextMarker(reader: Reader): number | undefined {
  while (reader.find(0xff)) {
    let code = 0xff;
    while (code === 0xff) {
      if (!reader.has(1)) return undefined;
      code = reader.u8(); // any number of 0xff may fill up before a marker
    }
    if (code !== 0x00 && (code < 0xd0 || code > 0xd7)) return code;
  }
  return undefined;
}

/** SOF0 to SOF15; three codes in that range are tables. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * SOF9 to SOF15. No browser shows it, and its decoder works on without data: 100 scans of 49 megapixels, which fit in
 * 100 KB, cost 19 s with sharp 0.35.5, and with Huffman codes 1 s.
 */
function isArithmetic(marker: number): boolean {
  return isFrameHeader(marker) && marker > 0xc8;
}

/** A height of zero (to be told by a DNL segment later) is one libjpeg refuses, and so does `image`. */
function readSize(reader: Reader, body: number): { width: number; height: number } {
  reader.position = body + 1; // after the sample precision
  const height = reader.u16();
  return { width: reader.u16(), height };
}

function isPicture(marker: number, content: Reader): boolean {
  if (marker === APP0) return content.skipText('JFIF\0');
  if (marker === APP2) return content.skipText('ICC_PROFILE\0');
  if (marker === APP14) return content.skipText('Adobe');
  return marker !== COM && !(marker >= APP0 && marker <= APP15);
}
