/**
 * Hostile and broken files, each built from its description, so that they are small to store and quick to make. `outcome`
 * is the whole workflow's answer with default limits (50 megapixels, sides up to 16,384) and with AVIF, TIFF and HEIC accepted
 * as well; `scan` is the pre-scan's kind of answer.
 */
import { deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { Scan } from '../../../../functions/lib/prescan';
import * as heic from '../../../fixtures/heic';
import * as build from './build';

export type Outcome =
  | 'thumbnail'
  | 'UnsupportedFormat'
  | 'ImageTooLarge'
  | 'CorruptImage'
  | 'SuspiciousImage'
  | 'EmptyObject';

export interface Bomb {
  name: string;
  scan: Scan['kind'];
  outcome: Outcome;
  build(): Buffer | Promise<Buffer>;
}

/** Must not appear in any output. */
export const TRAILER = '<html><script>alert("trailer")</script></html>';

/** 7000×7000 black pixels in 1.4 KB. sharp's AVIF encoder needs five seconds and a gigabyte to make it, at effort 0. */
const AVIF_7000 =
  'Y2BgkEkrqSxILMtMY2BgYMjNTDMEsXMzE0H8a7mpJYkMEKCYkZJTBGUzFGQmlzCgAaXMnPxkEMPFgYGRgREs9gtKM7DUMzAwKGdm5oGtAYuKZualpTJBeYllBoYgJl9BZkkuXElYZkFRAQMDg0VmQXI+AwMDT2KZoXOjPViTSGZxQSrEcOkICGYQKMisyASJMHNwcDAwMIhlFuTC3M/IwMjcyMTMwMDSnpuSWCLEwMVl/9ls/dayCQIXMo3ecQjPf3KU8/7//4/OH2hgiD9/Suu7ZOXdUOX9SyKOaBfPjnz1lNGa5dTHMJfiTKP7ixWbu3/8r2c31lyw+IjlU74fV+e8Wcubd8dYemPVtVvGwTHb3mdtXX3syMFg/bsHJsywnJhormr/7ADHByNzvv+X593tNpiFsGCK7blbYpyefBdK3hlv3r5eqcUvxZ2tbKOmv4jxMsczHKdbpRhvX7oqfdvtmGJn7zpH4U0vjeY+FXTaO6dn38SpfOdlmGx/8RSFSBea1BxmL5zFckLz0eudV/SN8u6tFDtW+5dtK9NplspNDudnOf9xMuXYWjht0/r9Aot3WfrNqPjgee5vfl7/5uhK+VuHpl+Y/TrIb/FO3eBYuNtmru46e/xT152p7csX/dUots5sCHl5LdWvlvuN68v+huNPhe4HGcZ7GFr++Cr95Jxe77O9b3vjLZIf2mzbzszGsmf6G8VfYRLdnxTfOAj48k7r5ToXlfZoQcKk86c0hU7OFjr5ePXt31cYHRVt8qdF8U180SR2d0qc/rSrRY728y28Vp3a+n1vzdFiFy0+3TVHOCav9hbYL6Hkr/LI97VHVuziVP6rP6Q1Zt76KLIxulju+EwBQfsJLf/4/U1rnqzyN9R78z7969yPIhkx7pVSD5L/nBLl0+MS5b14oFdvxZ157Tsr1l4JEduxXsTfU+y+1SujCoUR6OVtNPNy3N4l/uzTHk1TXrX42vSZOTPetFQ6TQy5ln9n/8xJa4S+M1xxFl9fcexiWroBr/9DtVl5ZxgWFxS9rijjf8C2vNrjb6PNtb77f/n/h7s+8td4aWa9YrdnfZq3ruORrhYFZYeWQRSUvpUGeyZeOFFc8uSA4U353ymJj+ous927ljFdeM9Np22cJ7oeLoi4M03ibPzWZZc+Kq/YHS5foTL72wXXBc4yAA==';

/** 7000×7000 pixels of one colour, by heif-enc 1.15.1 with x265 3.5 at quality 10. */
const HEIC_7000 =
  '7dZPSBRRGADw7+1sudSWC6ksFbiagUosCeqGEA1pwXYQL4JHx90Z9onjPrZFXCRSRDwFgRBFFILC3qpb5Gk9LHTw4sFLdOjQoVTEUwip4zc7q4e9qp8i3+P9/zM/3uMNMwBw28rmVMqUCcBgS6vNrdvSsADEE9vMGuCFhlRyJFOug5KJLFSE60pm7VJNYGqUI+nSI3t0bItSt/RKgOgLzO5IOWodza/Fhukrt1JjiTa3WpQqo7DMS5VIYzmBA91CU0emsw27ezs7ANVaBBeGdREUjuNO0OC1m2F0lnx6Aw5GHwtRMTIPP76Dbb5Zj7d8GvX7gwG318v0RlxS1SOWM1+GdJRq5HNleuitAS9BSMlx6fZogQCugjqp7MPjwj1rU75p3OuMnTTwsKK5ZvHZH4rVb+2979hYy/d+6GpPrS48fXXzZAt9N/dgw/n/9du/3x//JtObN96t/rxiDFnlPZ9u7Ijk/2xdHiw+JNE0eKbPXWsvEGEiPkskuRdwnM7yB+msl5NkltZJRVW/pZKaflFJcarXChaproTop4L2L9qbe6mJCKpaIYKuBoig0H0qaJsIqgsRQfVUR3c3QgS1zhNB96h2FBskgh5RfZC6C2R/r0QQ2becDDKojq6fChpg6NxDVoEhhhg6bhzWGWKIIYYYYoghhhhiiCGGGGKIIYYYYoghhhhiiCGGGGLoDKCLEMN9Bw==';

const { flat, latin1, times } = build;

/** A HEIC of 49 megapixels in 12 KB. */
export const heic7000 = (): Buffer => inflateRawSync(Buffer.from(HEIC_7000, 'base64'));

/** A HEIC with the header of a small picture, whose data begin with the parameters of a large one. */
function heicWithOwnParameters(): Buffer {
  const small = heic.picture('8-bit');
  const large = heic7000();
  const parameters = heic.parametersOf(build.boxOf(large, 'hvcC'));
  const data = Buffer.concat([...parameters, large.subarray(large.indexOf('mdat') + 4)]);
  return heic.heif([{ ...small, data }]);
}
const smallJpeg = () => flat(16, 12).jpeg().toBuffer();

/** EXIF blocks whose pointers form a loop: libexif 0.6.26 needs minutes for 2 KB. */
export const exifLoops: Bomb[] = [
  {
    name: 'JPEG with an EXIF pointer loop',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => build.withSegments(await smallJpeg(), build.app1Exif(build.exifLoop(150))),
  },
  {
    name: 'JPEG with an EXIF pointer loop after a good EXIF block',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => {
      const blocks = [build.exif(6), build.exifLoop(150)].map(build.app1Exif);
      return build.withSegments(await smallJpeg(), ...blocks);
    },
  },
  {
    name: 'PNG with an EXIF pointer loop',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.blackPng({ width: 16, height: 12 }, build.pngChunk('eXIf', build.exifLoop(150))),
  },
  {
    name: 'WebP with an EXIF pointer loop',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => {
      const block = build.riffChunk('EXIF', build.exifLoop(150));
      return build.webp(build.vp8x(build.VP8X.exif, 16, 12), await build.vp8l(16, 12), block);
    },
  },
  {
    name: 'AVIF with an EXIF pointer loop',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.avifWithExif(build.exifLoop(150)),
  },
  {
    name: 'TIFF with an EXIF pointer loop',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.tiff([0x8769, 0x8825, 0xa005].map((tag) => ({ tag, type: 4, value: 8 }))),
  },
];

/** More of something than any encoder writes. */
const counts: Bomb[] = [
  {
    name: 'JPEG of 10,000 scans',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () => build.jpegWithScans(1000, 10_000),
  },
  {
    name: 'JPEG of 100 scans',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.jpegWithScans(1000, 100),
  },
  {
    name: 'JPEG of 100,000 segments',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: async () =>
      build.withSegments(await smallJpeg(), times(100_000, build.segment(0xed, Buffer.alloc(0)))),
  },
  {
    name: 'WebP of 100,000 frames',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.webpWithFrames(100_000),
  },
  {
    name: 'WebP of 1,000 frames on a canvas of 4000×4000',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.webpWithFrames(1_000, 4000, 4000),
  },
  {
    name: 'PNG of a million text chunks',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () =>
      build.blackPng({ width: 16, height: 12 }, times(1_000_000, build.pngChunk('tEXt', latin1('a\0b')))),
  },
  {
    name: 'PNG that declares four billion frames',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.blackPng({ width: 16, height: 12 }, build.pngChunk('acTL', Buffer.alloc(8, 0xff))),
  },
  {
    name: 'GIF of 100,000 frames',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.gif([1, 1], times(100_000, build.gifFrame(1, 1))),
  },
  {
    name: 'GIF of 100,000 comments',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () => build.gif([1, 1], times(100_000, build.gifComment('x')), build.gifFrame(1, 1)),
  },
  {
    name: 'TIFF whose directory is its own successor',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () => build.tiff([], { next: 8 }),
  },
  {
    name: 'TIFF of 100,000 directories',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => {
      const first = build.tiff();
      // Empty directories, each consisting of a count of zero and the offset of the next.
      const chain = Array.from({ length: 100_000 }, (_, i) =>
        Buffer.concat([build.u16le(0), build.u32le(first.length + (i + 1) * 6)]),
      );
      return Buffer.concat([build.tiff([], { next: first.length }), ...chain]);
    },
  },
];

/**
 * A few bytes that become many pixels. Up to 50 megapixels they must be decoded; above that, the header must be refused.
 */
export const giants: Bomb[] = [
  {
    name: 'PNG of 30000×30000, 1 bit',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () => build.blackPng({ width: 30_000, height: 30_000, depth: 1 }),
  },
  {
    name: 'PNG of 16383×16383, RGBA',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () => build.blackPng({ width: 16_383, height: 16_383, colour: 6 }),
  },
  {
    name: 'PNG of 16383×16383, RGBA of 16 bits, interlaced',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () => build.blackPng({ width: 16_383, height: 16_383, colour: 6, depth: 16, interlaced: true }),
  },
  {
    name: 'PNG of 7000×7000, RGBA of 16 bits, interlaced',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => build.blackPng({ width: 7_000, height: 7_000, colour: 6, depth: 16, interlaced: true }),
  },
  {
    name: 'PNG of 1000000×40',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () => build.blackPng({ width: 1_000_000, height: 40 }),
  },
  {
    name: 'PNG of 2147483647×2147483647',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () =>
      build.patched(build.blackPng({ width: 1, height: 1 }), 16, latin1('\x7f\xff\xff\xff\x7f\xff\xff\xff')),
  },
  {
    name: 'PNG of 0×0',
    scan: 'corrupt',
    outcome: 'CorruptImage',
    build: () => build.patched(build.blackPng({ width: 1, height: 1 }), 16, Buffer.alloc(8)),
  },
  {
    name: 'PNG with an ICC profile of 2 GB',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => {
      const profile = Buffer.concat([latin1('icc\0\0'), build.deflatedZeros(2 ** 31)]);
      return build.blackPng({ width: 16, height: 12 }, build.pngChunk('iCCP', profile));
    },
  },
  {
    name: 'PNG with a text of 200 MB',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => {
      const text = Buffer.concat([latin1('Comment\0\0'), build.deflatedZeros(200_000_000)]);
      return build.blackPng({ width: 16, height: 12 }, build.pngChunk('zTXt', text));
    },
  },
  {
    name: 'GIF of 65535×65535 with a frame of 1×1',
    scan: 'image',
    outcome: 'thumbnail', // libnsgif uses the frame's size if the screen is larger than 2048
    build: () => build.gif([65_535, 65_535], build.gifFrame(1, 1)),
  },
  {
    name: 'GIF with a frame of 65535×65535',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () => build.gif([1, 1], build.gifFrame(65_535, 65_535)),
  },
  {
    name: 'GIF with a frame of 7000×7000 whose data is one pixel',
    scan: 'corrupt',
    outcome: 'CorruptImage', // well-formed as far as libnsgif looks, which would render it black
    build: () => build.gif([7_000, 7_000], build.shortGifFrame(7_000, 7_000)),
  },
  {
    name: 'WebP of 16383×16383 in 40 bytes',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: async () => build.webp(await build.vp8l(16_383, 16_383)),
  },
  {
    name: 'WebP of 7000×7000 in 40 bytes',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => build.webp(await build.vp8l(7_000, 7_000)),
  },
  {
    name: 'WebP whose canvas is larger than its image',
    scan: 'image',
    outcome: 'CorruptImage',
    build: async () => build.webp(build.vp8x(0, 5_000, 5_000), await build.vp8l(16, 12)),
  },
  {
    name: 'JPEG header of 65500×65500',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: async () => build.jpegOfSize(await smallJpeg(), 65_500, 65_500),
  },
  {
    name: 'JPEG header of 7000×7000 over the data of 16×12',
    scan: 'image',
    outcome: 'CorruptImage', // libjpeg would fill the rest with grey
    build: async () => build.jpegOfSize(await smallJpeg(), 7_000, 7_000),
  },
  {
    name: 'JPEG of height 0',
    scan: 'corrupt',
    outcome: 'CorruptImage',
    build: async () => build.jpegOfSize(await smallJpeg(), 16, 0),
  },
  {
    name: 'JPEG with 16 MB of garbage for an ICC profile',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => {
      const garbage = Buffer.alloc(65_519, 0x5a);
      const parts = Array.from({ length: 255 }, (_, i) =>
        build.segment(0xe2, Buffer.concat([latin1('ICC_PROFILE\0'), Buffer.from([i + 1, 255]), garbage])),
      );
      return build.withSegments(await smallJpeg(), ...parts);
    },
  },
  {
    name: 'AVIF of 7000×7000 in 1.4 KB',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => inflateRawSync(Buffer.from(AVIF_7000, 'base64')),
  },
  {
    name: 'AVIF that declares 16000×16000',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: async () => build.avifOfSize(await flat(64, 48).avif({ effort: 0 }).toBuffer(), 16_000, 16_000),
  },
  {
    name: 'AVIF with six million boxes of 8 bytes before the picture',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: async () => {
      const avif = await flat(64, 48).avif({ effort: 0 }).toBuffer();
      const brand = avif.readUInt32BE(0);
      const empty = Buffer.alloc(48_000_000, Buffer.from('\0\0\0\x08free', 'latin1'));
      return Buffer.concat([avif.subarray(0, brand), empty, avif.subarray(brand)]);
    },
  },
  {
    name: 'AVIF with six million boxes of 8 bytes after the picture',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: async () => {
      const avif = await flat(64, 48).avif({ effort: 0 }).toBuffer();
      return Buffer.concat([avif, Buffer.alloc(48_000_000, Buffer.from('\0\0\0\x08free', 'latin1'))]);
    },
  },
  {
    name: 'AVIF of 7000×7000 that declares 100×100',
    scan: 'image',
    outcome: 'CorruptImage', // libheif compares sizes before it allocates memory
    build: () => build.avifOfSize(inflateRawSync(Buffer.from(AVIF_7000, 'base64')), 100, 100),
  },
];

/** Bombs within a HEIC: its decoder trusts what the coded data say of their size. */
export const heics: Bomb[] = [
  { name: 'HEIC of 7000×7000 in 12 KB', scan: 'image', outcome: 'thumbnail', build: heic7000 },
  {
    name: 'HEIC of 7000×7000 that declares 100×100',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () => build.patched(heic7000(), heic7000().indexOf('ispe') + 8, build.times(2, build.u32be(100))),
  },
  {
    name: 'HEIC of 7000×7000 that declares 96×128 in every header',
    scan: 'image',
    outcome: 'SuspiciousImage', // the decoder gets no more memory than such a picture needs
    build: heicWithOwnParameters,
  },
  {
    name: 'HEIC that declares 16000×16000',
    scan: 'image',
    outcome: 'ImageTooLarge',
    build: () =>
      build.patched(heic7000(), heic7000().indexOf('ispe') + 8, build.times(2, build.u32be(16_000))),
  },
  {
    name: 'HEIC of 100 tiles of 7000×7000 that are one',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () => {
      const tile = { ...heic.picture('8-bit'), ...heic.itemOf(heic7000()) };
      return heic.heif(
        [heic.grid(10, 10, 7_000, 7_000), tile],
        [{ type: 'dimg', from: 1, to: Array.from({ length: 100 }, () => 2) }],
      );
    },
  },
  {
    name: 'HEIC that is composed of itself',
    scan: 'suspicious',
    outcome: 'SuspiciousImage',
    build: () =>
      heic.heif([heic.grid(1, 1, 96, 128), heic.picture('8-bit')], [{ type: 'dimg', from: 1, to: [1] }]),
  },
  {
    name: 'HEIC whose coding is AV1',
    scan: 'unsupported',
    outcome: 'UnsupportedFormat',
    build: () => heic.heif([{ ...heic.picture('8-bit'), type: 'av01' }]),
  },
  {
    name: 'HEIC of a tile whose coding is JPEG',
    scan: 'unsupported',
    outcome: 'UnsupportedFormat',
    build: () =>
      heic.heif(
        [heic.grid(1, 1, 96, 128), { ...heic.picture('8-bit'), type: 'jpeg' }],
        [{ type: 'dimg', from: 1, to: [2] }],
      ),
  },
  {
    name: 'HEIC without parameters of its coding',
    scan: 'corrupt',
    outcome: 'CorruptImage',
    build: () => heic.heif([{ ...heic.picture('8-bit'), properties: [heic.ispe(96, 128)] }]),
  },
];

const svg = (body: string, doctype = '') =>
  latin1(
    `<?xml version="1.0"?>${doctype}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${body}</svg>`,
  );

const laughs = () => {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  return svg('<text>&l9;</text>', `<!DOCTYPE svg [<!ENTITY l0 "ha">${entities.join('')}]>`);
};

const uses = () => {
  const groups = Array.from(
    { length: 30 },
    (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(2)}</g>`,
  );
  return svg(`<defs><rect id="g0" width="1" height="1"/>${groups.join('')}</defs><use href="#g30"/>`);
};

/** Files that are not raster images, whatever their names say. */
const others: Bomb[] = (
  [
    ['SVG of a billion laughs', laughs],
    ['SVG of a billion uses', uses],
    [
      'SVG that reads a file',
      () => svg('<text>&f;</text>', '<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    ],
    ['SVG that includes a URL', () => svg('<image href="http://127.0.0.1:1/" width="9" height="9"/>')],
    ['SVG compressed', () => gzipSync(svg(''))],
    ['HTML', () => latin1(TRAILER)],
    ['HTML before a JPEG', async () => Buffer.concat([latin1(TRAILER), await smallJpeg()])],
    [
      'one byte before a PNG',
      () => Buffer.concat([Buffer.from([0]), build.blackPng({ width: 1, height: 1 })]),
    ],
    ['plain text', () => latin1('I am not an image.\n')],
    ['PDF', () => latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
    ['ZIP', () => latin1('PK\x03\x04\x14\0\0\0')],
    ['ELF', () => latin1('\x7fELF\x02\x01\x01\0')],
    ['zeros', () => Buffer.alloc(64)],
    ['noise', () => deflateRawSync(Buffer.from('noise'.repeat(3)))],
    ['one byte', () => Buffer.from([0xff])],
  ] as [string, () => Buffer | Promise<Buffer>][]
).map(([name, make]) => ({ name, scan: 'unsupported', outcome: 'UnsupportedFormat', build: make }));

/**
 * An image to one reader, something else to another. The first bytes decide, and the rest must not appear in any output.
 */
const polyglots: Bomb[] = [
  {
    name: 'JPEG with HTML after its end',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => Buffer.concat([await smallJpeg(), latin1(TRAILER)]),
  },
  {
    name: 'JPEG with HTML in its comment',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => build.withSegments(await smallJpeg(), build.segment(0xfe, latin1(TRAILER))),
  },
  {
    name: 'PNG with HTML after its end and in its text',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => {
      const text = build.pngChunk('tEXt', latin1(`Comment\0${TRAILER}`));
      return Buffer.concat([build.blackPng({ width: 16, height: 12 }, text), latin1(TRAILER)]);
    },
  },
  {
    name: 'WebP with HTML after its end and in a chunk',
    scan: 'image',
    outcome: 'thumbnail',
    build: async () => {
      const chunk = build.riffChunk('HTML', latin1(TRAILER));
      const file = build.webp(build.vp8x(0, 16, 12), await build.vp8l(16, 12), chunk);
      return Buffer.concat([file, latin1(TRAILER)]);
    },
  },
  {
    name: 'GIF that is JavaScript too',
    scan: 'image',
    outcome: 'thumbnail',
    build: () => {
      // `GIF89a/*…*/=0;`: the width starts with "/*", which is 0x2a2f. libnsgif ignores the screen because it is larger
      // than 2048.
      const file = build.gif([0x2a2f, 1], build.gifFrame(8, 8), build.gifComment('*/=0;alert(1)//'));
      return Buffer.concat([file, latin1(TRAILER)]);
    },
  },
];

/** Files that claim to be images but contain none. */
const broken: Bomb[] = (
  [
    ['JPEG that is only its first marker', () => Buffer.from([0xff, 0xd8])],
    [
      'JPEG without a scan',
      async () => {
        const jpeg = await smallJpeg();
        return jpeg.subarray(0, jpeg.indexOf(Buffer.from([0xff, 0xda])));
      },
    ],
    ['PNG that is only its signature', () => build.PNG_SIGNATURE],
    ['PNG without data', () => build.blackPng({ width: 1, height: 1 }).subarray(0, 33)],
    [
      'WebP cut in half',
      async () => {
        const file = await flat(64, 48).webp().toBuffer();
        return file.subarray(0, file.length / 2);
      },
    ],
    ['GIF without a frame', () => build.gif([1, 1])],
    ['AVIF that is only its brand', () => Buffer.concat([build.u32be(20), latin1('ftypavif\0\0\0\0avif')])],
    [
      'HEIC that is only its brand',
      () => Buffer.concat([build.u32be(24), latin1('ftypheic\0\0\0\0mif1heic')]),
    ],
    [
      'TIFF whose directory lies past its end',
      () => Buffer.concat([latin1('II*\0'), build.u32le(1_000_000)]),
    ],
  ] as [string, () => Buffer | Promise<Buffer>][]
).map(([name, make]) => ({ name, scan: 'corrupt', outcome: 'CorruptImage', build: make }));

export const empty: Bomb = {
  name: 'nothing',
  scan: 'unsupported',
  outcome: 'EmptyObject',
  build: () => Buffer.alloc(0),
};

export const bombs: Bomb[] = [
  ...exifLoops,
  ...counts,
  ...giants,
  ...heics,
  ...others,
  ...polyglots,
  ...broken,
  empty,
];

/** A file cut at every tenth of its length. */
export const truncations = (bytes: Buffer): Buffer[] =>
  Array.from({ length: 9 }, (_, i) => bytes.subarray(0, Math.floor((bytes.length * (i + 1)) / 10)));
