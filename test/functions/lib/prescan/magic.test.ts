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
