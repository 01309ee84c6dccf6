import type { InputFormat } from '../../../contract/formats';

/** What the first bytes say: a format the workflow can decode, or what it is instead, with its article. */
export type Identified = { format: InputFormat } | { found: string };

/** How far to look for text: far enough for the comments and declarations before an `<svg>` or `<html>`. */
const TEXT_HEAD = 4096;

/** Control characters that a text does not have. Not a literal, for which V8 would look up the class at every start. */
const CONTROL_CHARACTER = '[^\\P{Cc}\\t\\n\\f\\r]';

/** It begins like a TIFF, so it is tried before TIFF. */
const CANON_CR2 = 'II*\0\x10\0\0\0CR';

/** What the formats begin with that can be decoded. WebP, AVIF and HEIC are containers, whose name comes later. */
const DECODED: readonly [signature: string, format: InputFormat][] = [
  ['\xff\xd8', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  // Many raw formats (NEF, ARW, DNG) begin like a TIFF too. Their first directory is a small preview.
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
];

/** Bytes that other formats have at their beginning, or at an offset. */
const OTHERS: readonly [signature: string, found: string, offset?: number][] = [
  ['FUJIFILMCCD-RAW', 'a Fujifilm RAW photo'],
  ['IIU\0', 'a Panasonic RAW photo'],
  ['IIRO', 'an Olympus RAW photo'],
  ['IIRS', 'an Olympus RAW photo'],
  ['\xff\x0a', 'a JPEG XL image'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'a JPEG XL image'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'a JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  ['BM', 'a BMP image'],
  ['8BPS', 'a Photoshop document (PSD)'],
  ['\0\0\x01\0', 'a Windows icon (ICO)'],
  ['\0\0\x02\0', 'a Windows cursor (CUR)'],
  ['qoif', 'a QOI image'],
  ['\x76\x2f\x31\x01', 'an OpenEXR image'],
  ['#?RADIANCE', 'a Radiance HDR image'],
  ['P4\n', 'a PBM image'],
  ['P5\n', 'a PGM image'],
  ['P6\n', 'a PPM image'],
  ['DICM', 'a DICOM image', 128],
  ['%PDF-', 'a PDF document'],
  ['%!PS', 'a PostScript document'],
  ['PK\x03\x04', 'a ZIP archive or Office document'],
  ['PK\x05\x06', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['BZh', 'a bzip2 archive'],
  ['\xfd7zXZ\0', 'an xz archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  ['ustar', 'a tar archive', 257],
  ['\x7fELF', 'an ELF executable'],
  ['MZ', 'a Windows executable'],
  ['\xcf\xfa\xed\xfe', 'a macOS executable'],
  ['\xca\xfe\xba\xbe', 'a Java class or macOS executable'],
  ['\0asm', 'a WebAssembly module'],
  ['SQLite format 3\0', 'an SQLite database'],
  ['\x1aE\xdf\xa3', 'a Matroska or WebM video'],
  ['\0\0\x01\xba', 'an MPEG video'],
  ['FLV\x01', 'a Flash video'],
  ['OggS', 'an Ogg audio or video file'],
  ['fLaC', 'a FLAC audio file'],
  ['ID3', 'an MP3 audio file'],
  ['\xff\xfb', 'an MP3 audio file'],
  ['\xff\xf3', 'an MP3 audio file'],
  ['\xff\xf2', 'an MP3 audio file'],
];

/** By the letters at offset 8 of a RIFF file. */
const RIFF: Record<string, Identified> = {
  WEBP: { format: 'webp' },
  'AVI ': { found: 'an AVI video' },
  WAVE: { found: 'a WAV audio file' },
};

/** By brand of an ISO base media file, the most telling first. */
const BRANDS: readonly [brands: RegExp, identified: Identified][] = [
  [/^avi[fs]$/, { format: 'avif' }],
  [/^he[iv][cxms]$/, { format: 'heic' }],
  [/^(mif|msf)1$/, { found: 'a HEIF image' }],
  [/^crx $/, { found: 'a Canon RAW photo (CR3)' }],
  [/^qt {2}$/, { found: 'a QuickTime video' }],
  [/^M4[AB] $/, { found: 'an MPEG-4 audio file' }],
  [/^(isom|iso\d|mp4\d|avc1|dash|M4V |MSNV|3g..)$/, { found: 'an MP4 video' }],
];

/**
 * Says what a file is by its first bytes, whatever its name or content type. 4 KiB are enough, and fewer are enough for
 * everything but text.
 */
export function identify(head: Uint8Array): Identified {
  if (head.length === 0) return { found: 'nothing (0 bytes)' };
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, TEXT_HEAD));
  const letters = bytes.toString('latin1');
  if (letters.startsWith(CANON_CR2)) return { found: 'a Canon RAW photo (CR2)' };
  const decoded = DECODED.find(([signature]) => letters.startsWith(signature));
  if (decoded !== undefined) return { format: decoded[1] };
  const container = letters.startsWith('RIFF') ? RIFF[letters.slice(8, 12)] : identifyMedia(letters);
  if (container !== undefined) return container;
  const text = isText(bytes);
  // Two letters prove nothing if a text may begin with them.
  const other = OTHERS.find(([mark, , at = 0]) => letters.startsWith(mark, at) && !(text && mark.length < 3));
  if (other !== undefined) return { found: other[1] };
  return (
    identifyMarkup(letters, text) ?? { found: text ? 'plain text' : `unknown data (begins ${hex(bytes)})` }
  );
}

/** ISO base media: the `ftyp` box names a major brand, then a version, then every brand it is compatible with. */
function identifyMedia(text: string): Identified | undefined {
  if (text.slice(4, 8) !== 'ftyp') return undefined;
  const size = [0, 1, 2, 3].reduce((sum, i) => sum * 256 + text.charCodeAt(i), 0);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, text.length); at += 4) brands.push(text.slice(at, at + 4));
  const known = BRANDS.find(([pattern]) => brands.some((brand) => pattern.test(brand)));
  return known?.[1] ?? { found: 'an ISO media file' };
}

/** Markup shows at its beginning, but an SVG may begin with comments and declarations of any length. */
function identifyMarkup(letters: string, text: boolean): Identified | undefined {
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)\b/i.test(letters)) return { found: 'HTML' };
  if (text && /<svg\b/i.test(letters)) return { found: 'an SVG image' };
  if (/^(\xef\xbb\xbf)?\s*<\?xml/i.test(letters)) return { found: 'an XML document' };
  return /^(\xff\xfe|\xfe\xff)/.test(letters) ? { found: 'UTF-16 text' } : undefined;
}

/** UTF-8 without control characters; the last character may be cut off. */
function isText(bytes: Buffer): boolean {
  try {
    return !new RegExp(CONTROL_CHARACTER, 'u').test(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }),
    );
  } catch {
    return false; // no UTF-8
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex', 0, 8).replace(/..\B/g, '$& ');
}
