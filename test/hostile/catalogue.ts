/**
 * Every hostile file that the workflow is tested with: those of the pre-scan's own tests, and those that only matter on the
 * whole way to a thumbnail. The outcomes are those with default limits, and with AVIF, TIFF and HEIC accepted as well.
 */
import { type Bomb, bombs, type Outcome } from '../functions/lib/prescan/bombs';
import * as build from '../functions/lib/prescan/build';
import * as hostile from './build';

export interface Hazard {
  name: string;
  outcome: Outcome;
  /** The limit, the value found and the value allowed; or what the file was found to be. */
  message?: RegExp;
  build(): Buffer | Promise<Buffer>;
}

const { flat, latin1, times } = build;

export function bombNamed(name: string): Bomb {
  const bomb = bombs.find((candidate) => candidate.name === name);
  if (!bomb) throw new Error(`Expected a bomb named "${name}"`);
  return bomb;
}

/** An AVIF of 49 megapixels of one colour in 1.4 KB. */
const avif7000 = () => bombNamed('AVIF of 7000×7000 in 1.4 KB').build();
const smallAvif = () => flat(64, 48).avif({ effort: 0 }).toBuffer();

/** A chain of elements costs time for each pixel and changes nothing: 10,000 of them keep lcms busy for minutes. */
const longChain = () => hostile.iccOfElements(10_000);

/** Colour profiles that are programs. The profile is dropped, and the picture is treated as sRGB. */
export const profiles: Hazard[] = [
  {
    name: 'JPEG with a profile of 10,000 processing elements',
    outcome: 'thumbnail',
    build: async () =>
      build.withSegments(await flat(64, 48).jpeg().toBuffer(), ...hostile.app2Profile(longChain())),
  },
  {
    name: 'JPEG whose profile of 10,000 processing elements comes in the wrong order',
    outcome: 'thumbnail',
    build: async () =>
      build.withSegments(await flat(64, 48).jpeg().toBuffer(), ...hostile.app2Profile(longChain()).reverse()),
  },
  {
    name: 'PNG with a profile of 10,000 processing elements',
    outcome: 'thumbnail',
    build: async () => build.withChunks(await flat(64, 48).png().toBuffer(), hostile.iccpChunk(longChain())),
  },
  {
    name: 'WebP with a profile of 10,000 processing elements',
    outcome: 'thumbnail',
    build: async () => {
      const chunks = [build.riffChunk('ICCP', longChain()), await build.vp8l(64, 48)];
      return build.webp(build.vp8x(build.VP8X.icc, 64, 48), ...chunks);
    },
  },
  {
    name: 'AVIF with a profile of 10,000 processing elements',
    outcome: 'thumbnail',
    build: async () =>
      hostile.derivedAvif(await smallAvif(), {
        type: 'grid',
        width: 64,
        height: 48,
        uses: 1,
        profile: longChain(),
      }),
  },
  {
    name: 'TIFF with a profile of 10,000 processing elements',
    outcome: 'thumbnail',
    build: async () =>
      hostile.tiffWithProfile(await flat(64, 48).withIccProfile('p3').tiff().toBuffer(), longChain()),
  },
];

/** Pictures composed of others, or coded so that little data causes much work. */
const amplifiers: Hazard[] = [
  {
    name: 'JPEG of 7000×7000 with arithmetic coding, 100 scans',
    outcome: 'UnsupportedFormat',
    message: /this file is a JPEG image with arithmetic coding/,
    build: () => hostile.arithmeticJpeg(7_000, 100),
  },
  {
    name: 'JPEG of 7000×7000, progressive, 100 scans',
    outcome: 'thumbnail',
    build: () => build.jpegWithScans(7_000, 100),
  },
  {
    name: 'JPEG of 7000×7000, progressive, 10,000 scans',
    outcome: 'SuspiciousImage',
    message: /^Expected at most 100 scans in a JPEG but found 10,000 or more\. Export the image again/,
    build: () => build.jpegWithScans(7_000, 10_000),
  },
  {
    name: 'JPEG of 16383×16383, progressive',
    outcome: 'ImageTooLarge',
    message: /^The image has 268,402,689 pixels; at most 50,000,000 are allowed\./,
    build: async () =>
      build.jpegOfSize(await flat(16, 12).jpeg({ progressive: true }).toBuffer(), 16_383, 16_383),
  },
  {
    name: 'AVIF of 20 tiles of 7000×7000 that are one',
    outcome: 'SuspiciousImage',
    message:
      /^Expected at most 212,777,216 pixels in all pictures of an AVIF of 7000×7000 but found 980,000,000\./,
    build: async () =>
      hostile.derivedAvif(await avif7000(), { type: 'grid', width: 7_000, height: 7_000, uses: 20 }),
  },
  {
    name: 'AVIF of 100×100 laid together from 7000×7000 five times',
    outcome: 'SuspiciousImage',
    message:
      /^Expected at most 16,817,216 pixels in all pictures of an AVIF of 100×100 but found 245,000,000\./,
    build: async () =>
      hostile.derivedAvif(await avif7000(), { type: 'iovl', width: 100, height: 100, uses: 5 }),
  },
  {
    name: 'AVIF that is composed of itself',
    outcome: 'SuspiciousImage',
    message: /but found pictures made of each other\./,
    build: async () =>
      hostile.derivedAvif(await smallAvif(), { type: 'grid', width: 640, height: 48, uses: 10, loop: true }),
  },
  {
    name: 'AVIF of ten tiles',
    outcome: 'thumbnail',
    build: async () =>
      hostile.derivedAvif(await smallAvif(), { type: 'grid', width: 640, height: 48, uses: 10 }),
  },
  {
    name: 'AVIF of 60,000 references',
    outcome: 'SuspiciousImage',
    message: /^Expected at most 50,000 chunks in an AVIF but found 50,001 or more\./,
    build: async () =>
      hostile.derivedAvif(await smallAvif(), { type: 'grid', width: 64, height: 48, uses: 60_000 }),
  },
  {
    name: 'TIFF of 191,844 tiles that are one JPEG of 90 scans',
    outcome: 'SuspiciousImage',
    message: /^Expected at most 20,000 chunks in a TIFF but found 191,844 or more\./,
    build: async () => hostile.tiffOfTiles(7_000, await build.jpegWithScans(16, 90)),
  },
  {
    name: 'TIFF of 64 tiles',
    outcome: 'thumbnail',
    build: async () => hostile.tiffOfTiles(128, await flat(16, 16).jpeg().toBuffer()),
  },
  {
    name: 'TIFF of five channels',
    outcome: 'UnsupportedFormat',
    message: /^The image has 5 channels; at most 4 are supported, three colours and alpha\./,
    build: () => {
      const channel = { raw: { width: 16, height: 12, channels: 1 } } as const;
      return flat(16, 12)
        .ensureAlpha()
        .joinChannel([Buffer.alloc(192)], channel)
        .toColourspace('multiband')
        .tiff({ compression: 'none' })
        .toBuffer();
    },
  },
  {
    name: 'PNG of 900 compressed texts of 7 MB',
    outcome: 'thumbnail',
    build: () => {
      const text = Buffer.concat([latin1('Comment\0\0'), build.deflatedZeros(7_000_000)]);
      return build.blackPng({ width: 16, height: 12 }, times(900, build.pngChunk('zTXt', text)));
    },
  },
  {
    name: 'PNG of 7000×7000, RGBA, interlaced',
    outcome: 'thumbnail',
    build: () => build.blackPng({ width: 7_000, height: 7_000, colour: 6, interlaced: true }),
  },
  {
    name: 'APNG of 10,000 frames',
    outcome: 'thumbnail',
    build: () => build.apng(8, 6, 10_000),
  },
  {
    name: 'GIF with a frame of 16383×16383',
    outcome: 'ImageTooLarge',
    message: /^The image has 268,402,689 pixels; at most 50,000,000 are allowed\./,
    build: () => build.gif([16_383, 16_383], build.gifFrame(16_383, 16_383)),
  },
];

/** A JPEG in everything but its content. */
const disguised: Hazard[] = (
  [
    ['SVG', 'an SVG image', () => latin1('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['HTML', 'HTML', () => latin1('<!DOCTYPE html><script>alert(1)</script>')],
    ['text', 'plain text', () => latin1('I am not an image.\n')],
    ['ZIP', 'a ZIP archive', () => latin1('PK\x03\x04\x14\0\0\0')],
    ['PDF', 'a PDF document', () => latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
    ['ELF', 'an ELF executable', () => latin1('\x7fELF\x02\x01\x01\0')],
  ] as [string, string, () => Buffer][]
).map(([name, found, make]) => ({
  name: `${name} named holiday.jpg`,
  outcome: 'UnsupportedFormat',
  message: new RegExp(`^Only JPEG, PNG, .+ images are accepted; this file is ${found}`),
  build: make,
}));

const MESSAGES: Partial<Record<Outcome, RegExp>> = {
  ImageTooLarge:
    /^(The image has [\d,]+ pixels|One side of the image is [\d,]+ pixels long); at most [\d,]+ are allowed/,
  SuspiciousImage:
    /^(Expected (at most [\d,]+ (scans|chunks|pixels) in (all pictures of )?an? \w+( of \d+×\d+)? but found ([\d,]+|pictures made of each other)|a chain of directories)|The image takes more memory to decode than its header says\.)/,
  UnsupportedFormat:
    /^Only JPEG, PNG, WebP, GIF, AVIF, TIFF, and HEIC images are accepted; this file is .+\. Convert it/,
  CorruptImage:
    /^(The (JPEG|PNG|WebP|GIF|AVIF|TIFF|HEIC) is damaged: .+ Export the image again|The image is damaged and cannot be decoded\. Export it again|The (image|file) ends before its .+: it was cut off\. Upload the whole file)/,
  EmptyObject: /has 0 bytes/,
};

const fromPrescan = bombs.map(
  ({ name, outcome, build: make }): Hazard => ({ name, outcome, message: MESSAGES[outcome], build: make }),
);

export const hazards: Hazard[] = [...fromPrescan, ...profiles, ...amplifiers, ...disguised];

/** Those that take seconds to build or to decode. */
const HEAVY = [
  'JPEG of 7000×7000, progressive, 100 scans',
  'JPEG of 7000×7000, progressive, 10,000 scans',
  'PNG of 7000×7000, RGBA, interlaced',
  'PNG of 7000×7000, RGBA of 16 bits, interlaced',
  'AVIF of 7000×7000 in 1.4 KB',
  'HEIC of 7000×7000 in 12 KB',
  'APNG of 10,000 frames',
];

export const heavyHazards = hazards.filter(({ name }) => HEAVY.includes(name));
export const lightHazards = hazards.filter(({ name }) => !HEAVY.includes(name));
