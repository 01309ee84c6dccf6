import type { InputFormat } from '../../../contract/formats';

/** What the first bytes say: a format the workflow can decode, or the name of what it is instead. */
export type Identified = { format: InputFormat } | { found: string };

/** Text is looked for this far; enough for the comments and declarations before an `<svg>` or `<html>`. */
const TEXT_HEAD = 4096;

/** Control characters that a text does not have. */
const CONTROL_CHARACTER = /[^\P{Cc}\t\n\f\r]/u;

/** TIFF to its first bytes, so it is looked for before TIFF. */
const CANON_CR2 = 'II*\0\x10\0\0\0CR';

/** Bytes that the decoded formats begin with. WebP and AVIF are containers with a name of their own further in. */
const DECODED: readonly [signature: string, format: InputFormat][] = [
  ['\xff\xd8', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  // Many raw formats (NEF, ARW, DNG) are TIFF to their first bytes; their first directory is a small preview.
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
];

/** Bytes that other formats have at their beginning, or at an offset. */
const OTHERS: readonly [signature: string, found: string, offset?: number][] = [
  ['FUJIFILMCCD-RAW', 'Fujifilm RAW photo'],
  ['IIU\0', 'Panasonic RAW photo'],
  ['IIRO', 'Olympus RAW photo'],
  ['IIRS', 'Olympus RAW photo'],
  ['\xff\x0a', 'JPEG XL image'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'JPEG XL image'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'JPEG 2000 image'],
  ['BM', 'BMP image'],
  ['8BPS', 'Photoshop document (PSD)'],
  ['\0\0\x01\0', 'Windows icon (ICO)'],
  ['\0\0\x02\0', 'Windows cursor (CUR)'],
  ['qoif', 'QOI image'],
  ['\x76\x2f\x31\x01', 'OpenEXR image'],
  ['#?RADIANCE', 'Radiance HDR image'],
  ['P4\n', 'PBM image'],
  ['P5\n', 'PGM image'],
  ['P6\n', 'PPM image'],
  ['DICM', 'DICOM image', 128],
  ['%PDF-', 'PDF document'],
  ['%!PS', 'PostScript document'],
  ['PK\x03\x04', 'ZIP archive or Office document'],
  ['PK\x05\x06', 'ZIP archive'],
  ['\x1f\x8b', 'gzip archive'],
  ['BZh', 'bzip2 archive'],
  ['\xfd7zXZ\0', 'xz archive'],
  ['7z\xbc\xaf\x27\x1c', '7-Zip archive'],
  ['Rar!\x1a\x07', 'RAR archive'],
  ['\x28\xb5\x2f\xfd', 'Zstandard archive'],
  ['ustar', 'tar archive', 257],
  ['\x7fELF', 'ELF executable'],
  ['MZ', 'Windows executable'],
  ['\xcf\xfa\xed\xfe', 'macOS executable'],
  ['\xca\xfe\xba\xbe', 'Java class or macOS executable'],
  ['\0asm', 'WebAssembly module'],
  ['SQLite format 3\0', 'SQLite database'],
  ['\x1aE\xdf\xa3', 'Matroska or WebM video'],
  ['\0\0\x01\xba', 'MPEG video'],
  ['FLV\x01', 'Flash video'],
  ['OggS', 'Ogg audio or video'],
  ['fLaC', 'FLAC audio'],
  ['ID3', 'MP3 audio'],
  ['\xff\xfb', 'MP3 audio'],
  ['\xff\xf3', 'MP3 audio'],
  ['\xff\xf2', 'MP3 audio'],
];

/** By the letters at offset 8 of a RIFF file. */
const RIFF: Record<string, Identified> = {
  WEBP: { format: 'webp' },
  'AVI ': { found: 'AVI video' },
  WAVE: { found: 'WAV audio' },
};

/** By brand of an ISO base media file, the most telling first. */
const BRANDS: readonly [brands: RegExp, identified: Identified][] = [
  [/^avi[fs]$/, { format: 'avif' }],
  [/^he[iv][cxms]$/, { found: 'HEIC image (iPhone photo)' }],
  [/^(mif|msf)1$/, { found: 'HEIF image' }],
  [/^crx $/, { found: 'Canon RAW photo (CR3)' }],
  [/^qt {2}$/, { found: 'QuickTime video' }],
  [/^M4[AB] $/, { found: 'MPEG-4 audio' }],
  [/^(isom|iso\d|mp4\d|avc1|dash|M4V |MSNV|3g..)$/, { found: 'MP4 video' }],
];

/**
 * What a file is by its first bytes, whatever its name or content type says. 4 KiB tell all there is to tell; fewer
 * will do for everything but text.
 */
export function identify(head: Uint8Array): Identified {
  if (head.length === 0) return { found: 'nothing (0 bytes)' };
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, TEXT_HEAD));
  const letters = bytes.toString('latin1');
  if (letters.startsWith(CANON_CR2)) return { found: 'Canon RAW photo (CR2)' };
  const decoded = DECODED.find(([signature]) => letters.startsWith(signature));
  if (decoded !== undefined) return { format: decoded[1] };
  const container = letters.startsWith('RIFF') ? RIFF[letters.slice(8, 12)] : identifyMedia(letters);
  if (container !== undefined) return container;
  const text = isText(bytes);
  // Two letters prove nothing where a text may begin with them.
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
  return known?.[1] ?? { found: 'ISO media file' };
}

/** Markup is known by how it begins; an SVG may begin with comments and declarations of any length. */
function identifyMarkup(letters: string, text: boolean): Identified | undefined {
  if (/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)\b/i.test(letters)) return { found: 'HTML' };
  if (text && /<svg\b/i.test(letters)) return { found: 'SVG image' };
  if (/^(\xef\xbb\xbf)?\s*<\?xml/i.test(letters)) return { found: 'XML document' };
  return /^(\xff\xfe|\xfe\xff)/.test(letters) ? { found: 'UTF-16 text' } : undefined;
}

/** UTF-8 without control characters; the last character may be cut off. */
function isText(bytes: Buffer): boolean {
  try {
    return !CONTROL_CHARACTER.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return false; // no UTF-8
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex', 0, 8).replace(/..\B/g, '$& ');
}
