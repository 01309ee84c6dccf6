import { identify } from '../../../../functions/lib/prescan';
import * as build from './build';

const { latin1 } = build;
const ftyp = (major: string, ...compatible: string[]) =>
  Buffer.concat([
    build.u32be(16 + compatible.length * 4),
    latin1(`ftyp${major}\0\0\0\0${compatible.join('')}`),
  ]);

describe('the first bytes name the format, whatever follows', () => {
  test.each([
    ['jpeg', build.flat(8, 8).jpeg()],
    ['png', build.flat(8, 8).png()],
    ['webp', build.flat(8, 8).webp()],
    ['gif', build.flat(8, 8).gif()],
    ['avif', build.flat(8, 8).avif({ effort: 0 })],
    ['tiff', build.flat(8, 8).tiff()],
    ['tiff', build.flat(8, 8).tiff({ bigtiff: true })],
  ] as const)('%s', async (format, picture) => {
    expect(identify(await picture.toBuffer())).toEqual({ format });
  });

  test('an AVIF whose major brand is generic is known by its compatible brands', () => {
    expect(identify(ftyp('mif1', 'mif1', 'avif', 'miaf'))).toEqual({ format: 'avif' });
  });

  test.each([
    ['as an iPhone writes it', ftyp('heic', 'mif1', 'heic')],
    ['whose major brand is generic', ftyp('mif1', 'heic')],
    ['of 10 bits', ftyp('heix', 'mif1', 'heix')],
    ['that is a sequence', ftyp('hevc', 'msf1', 'hevc')],
  ])('a HEIC %s', (_, head) => {
    expect(identify(head)).toEqual({ format: 'heic' });
  });

  test.each(['II*\0', 'MM\0*', 'II+\0', 'MM\0+'])('%j begins a TIFF', (signature) => {
    expect(identify(latin1(`${signature}\x08\0\0\0`))).toEqual({ format: 'tiff' });
  });

  test.each([
    ['GIF87a', { format: 'gif' }],
    ['GIF88a', { found: 'plain text' }],
    ['RIFF\x10\0\0\0WEBPVP8 ', { format: 'webp' }],
    ['RIFF\x10\0\0\0WEBQVP8 ', { found: 'unknown data (begins 52 49 46 46 10 00 00 00)' }],
    ['\xff\xd8\xff', { format: 'jpeg' }],
    ['\xff\xd9\xff', { found: 'unknown data (begins ff d9 ff)' }],
  ])('%j is %j', (head, expected) => {
    expect(identify(latin1(head))).toEqual(expected);
  });

  test.each(['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'])(
    'the brand %s is enough',
    (brand) => {
      expect(identify(ftyp(brand))).toEqual({ format: brand.startsWith('av') ? 'avif' : 'heic' });
    },
  );

  test('brands are read up to the end of their box, and as far as the bytes go', () => {
    const after = Buffer.concat([ftyp('mif1', 'miaf'), latin1('avif')]);
    expect(identify(after)).toEqual({ found: 'a HEIF image' });
    const last = ftyp('mif1', 'miaf', 'avif');
    expect(identify(last)).toEqual({ format: 'avif' });
    expect(identify(last.subarray(0, last.length - 1))).toEqual({ found: 'a HEIF image' });
    // The version between the major brand and the others is no brand.
    expect(identify(latin1('\0\0\0\x10ftypmif1avif'))).toEqual({ found: 'a HEIF image' });
  });

  test('a big-endian TIFF is a TIFF', () => {
    expect(identify(build.tiffStructure([], { littleEndian: false }))).toEqual({ format: 'tiff' });
  });
});

describe("formats that can't be decoded are called by the names people know", () => {
  test.each<[string, Uint8Array]>([
    ['a HEIF image', ftyp('mif1', 'miaf')],
    ['a Canon RAW photo (CR3)', ftyp('crx ', 'crx ', 'isom')],
    ['a Canon RAW photo (CR2)', latin1('II*\0\x10\0\0\0CR\x02\0')],
    ['a QuickTime video', ftyp('qt  ')],
    ['an MP4 video', ftyp('isom', 'iso2', 'avc1', 'mp41')],
    ['an MPEG-4 audio file', ftyp('M4A ', 'isom')],
    ['an ISO media file', ftyp('????')],
    ['an AVI video', latin1('RIFF\x10\0\0\0AVI LIST')],
    ['a WAV audio file', latin1('RIFF\x10\0\0\0WAVEfmt ')],
    ['a PDF document', latin1('%PDF-1.7\n')],
    ['an SVG image', latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an SVG image', latin1(`<?xml version="1.0"?>\n<!-- ${'x'.repeat(500)} -->\n<!DOCTYPE svg>\n<SVG/>`)],
    ['HTML', latin1('\xef\xbb\xbf\n <!doctype HTML><title>x</title>')],
    ['HTML', latin1('<html>\0\0\0')],
    ['an XML document', latin1('<?xml version="1.0"?><feed/>')],
    ['a BMP image', latin1('BM\x3a\0\0\0\0\0\0\0\x36\0\0\0')],
    ['a Windows icon (ICO)', latin1('\0\0\x01\0\x01\0')],
    ['a Photoshop document (PSD)', latin1('8BPS\0\x01')],
    ['a JPEG XL image', latin1('\xff\x0a\xfa\x1f')],
    ['a JPEG XL image', latin1('\0\0\0\x0cJXL \r\n\x87\n')],
    ['a JPEG 2000 image', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
    ['a ZIP archive or Office document', latin1('PK\x03\x04\x14\0')],
    ['a gzip archive', latin1('\x1f\x8b\x08\0')],
    ['an ELF executable', latin1('\x7fELF\x02\x01')],
    ['a Windows executable', latin1('MZ\x90\0\x03\0')],
    ['an MP3 audio file', latin1('ID3\x04\0')],
    ['a HEIF image', ftyp('msf1')],
    ['an MPEG-4 audio file', ftyp('M4B ')],
    ...['isom', 'iso5', 'mp42', 'avc1', 'dash', 'M4V ', 'MSNV', '3gp4'].map((brand): [string, Uint8Array] => [
      'an MP4 video',
      ftyp(brand),
    ]),
    ...['xavi', 'hecx', 'mp4 ', 'iso '].map((brand): [string, Uint8Array] => [
      'an ISO media file',
      ftyp(brand),
    ]),
    ['a Fujifilm RAW photo', latin1('FUJIFILMCCD-RAW 0201')],
    ['a Panasonic RAW photo', latin1('IIU\0\x18\0\0\0')],
    ['an Olympus RAW photo', latin1('IIRO\x08\0\0\0')],
    ['an Olympus RAW photo', latin1('IIRS\x08\0\0\0')],
    ['a JPEG 2000 image', latin1('\xff\x4f\xff\x51\0\x2f')],
    ['a Windows cursor (CUR)', latin1('\0\0\x02\0\x01\0')],
    ['a QOI image', latin1('qoif\0\0\0\x01')],
    ['an OpenEXR image', latin1('\x76\x2f\x31\x01\x02\0')],
    ['a Radiance HDR image', latin1('#?RADIANCE\n')],
    ['a PBM image', latin1('P4\n8 1\n\xff')],
    ['a PGM image', latin1('P5\n1 1\n255\n\xff')],
    ['a PPM image', latin1('P6\n1 1\n255\n\xff\xff\xff')],
    ['a DICOM image', latin1(`${'\0'.repeat(128)}DICM`)],
    ['a PostScript document', latin1('%!PS-Adobe-3.0')],
    ['a ZIP archive', latin1('PK\x05\x06\0\0')],
    ['a bzip2 archive', latin1('BZh91AY')],
    ['an xz archive', latin1('\xfd7zXZ\0\0')],
    ['a 7-Zip archive', latin1('7z\xbc\xaf\x27\x1c\0')],
    ['a RAR archive', latin1('Rar!\x1a\x07\x01')],
    ['a Zstandard archive', latin1('\x28\xb5\x2f\xfd\x24')],
    ['a tar archive', latin1(`a.txt${'\0'.repeat(252)}ustar`)],
    ['a macOS executable', latin1('\xcf\xfa\xed\xfe\x07')],
    ['a Java class or macOS executable', latin1('\xca\xfe\xba\xbe\0')],
    ['a WebAssembly module', latin1('\0asm\x01\0\0\0')],
    ['an SQLite database', latin1('SQLite format 3\0\x10')],
    ['a Matroska or WebM video', latin1('\x1aE\xdf\xa3\x01')],
    ['an MPEG video', latin1('\0\0\x01\xba\x44')],
    ['a Flash video', latin1('FLV\x01\x05')],
    ['an Ogg audio or video file', latin1('OggS\0\x02')],
    ['a FLAC audio file', latin1('fLaC\0\0')],
    ...['\xfb', '\xf3', '\xf2'].map((byte): [string, Uint8Array] => [
      'an MP3 audio file',
      latin1(`\xff${byte}\x90\x64`),
    ]),
    ['an XML document', latin1('\xef\xbb\xbf \n<?XML version="1.0"?>\0')],
    ...['<head>', '<body class="a">', '<script>'].map((tag): [string, Uint8Array] => ['HTML', latin1(tag)]),
    ['plain text', latin1('<header>')],
    ['plain text', latin1('see <!doctype html>')],
    ['plain text', latin1('<svgx/>')],
    ['plain text', latin1('tab\tline\r\nform\f')],
    ['unknown data (begins 61 0b 62)', latin1('a\x0bb')],
    ['UTF-16 text', latin1('\xfe\xff\0a\0b')],
    ['an SVG image', latin1(`${' '.repeat(4_092)}<svg>`)],
    ['plain text', latin1(`${' '.repeat(4_093)}<svg>`)],
    ['plain text', latin1('BMW and MZ made motorcycles.')],
    ['plain text', Buffer.from('Grüße aus Ötztal\n')],
    ['plain text', Buffer.from('ö'.repeat(4000)).subarray(0, 4095)], // ends inside a character
    ['UTF-16 text', latin1('\xff\xfea\0b\0')],
    ['nothing (0 bytes)', latin1('')],
    ['unknown data (begins de ad be ef)', Buffer.from('deadbeef', 'hex')],
    ['unknown data (begins 01 02 03 04 05 06 07 08)', Buffer.from('010203040506070809', 'hex')],
  ])('%s', (found, head) => {
    expect(identify(head)).toEqual({ found });
  });
});
