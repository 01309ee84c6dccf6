import type { InputFormat } from '../../../../contract/formats';
import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import sharp from '../../../fixtures/sharp';
import { TRAILER } from './bombs';
import * as build from './build';

const { latin1 } = build;

/** A gradient, in which a wrong profile, channel order or missing table would show. */
const gradient = () => {
  const pixels = Buffer.alloc(64 * 48 * 3);
  for (let i = 0; i < 64 * 48; i++) pixels.set([(i % 64) * 4, Math.floor(i / 64) * 5, i % 256], i * 3);
  return sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } });
};

/** EXIF with a camera and a place, XMP, and the Display P3 profile. */
const laden = () =>
  gradient()
    .withIccProfile('p3')
    .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">secret place</x:xmpmeta>');

const formatOf = (bytes: Uint8Array): InputFormat => {
  const result = scan(bytes, { whole: true });
  if (result.kind !== 'image') throw new Error(`Expected an image but received ${JSON.stringify(result)}`);
  return result.format;
};
const clean = (bytes: Uint8Array) => withoutMetadata(bytes, formatOf(bytes));
const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer({ resolveWithObject: true });

/** Checks that the pixels are the same before and after, and that the given file is unchanged. */
async function expectSamePixels(bytes: Buffer): Promise<Uint8Array> {
  const before = Buffer.from(bytes);
  const result = clean(bytes);
  expect(bytes.equals(before)).toBe(true);
  const [wanted, got] = [await pixels(bytes), await pixels(result)];
  expect(got.info).toEqual(wanted.info);
  expect(got.data.equals(wanted.data)).toBe(true);
  return result;
}

const encoders: [string, (picture: sharp.Sharp) => sharp.Sharp][] = [
  ['JPEG', (picture) => picture.jpeg()],
  ['progressive JPEG', (picture) => picture.jpeg({ progressive: true })],
  ['CMYK JPEG', (picture) => picture.toColourspace('cmyk').jpeg()],
  ['PNG', (picture) => picture.png()],
  ['PNG of 16 bits', (picture) => picture.toColourspace('rgb16').png()],
  ['interlaced PNG with a palette', (picture) => picture.png({ palette: true, progressive: true })],
  ['lossy WebP', (picture) => picture.webp()],
  ['lossless WebP with alpha', (picture) => picture.ensureAlpha(0.5).webp({ lossless: true })],
  ['lossy WebP with alpha', (picture) => picture.ensureAlpha(0.5).webp()],
  ['AVIF with alpha', (picture) => picture.ensureAlpha(0.5).avif({ effort: 0 })],
];

test.each(encoders)('%s: EXIF and XMP are cut, the ICC profile and the pixels stay', async (_, encode) => {
  const bytes = await encode(laden()).toBuffer();
  const before = await sharp(bytes).metadata();
  expect(before).toMatchObject({ exif: expect.anything(), xmp: expect.anything(), icc: expect.anything() });

  const after = await sharp(await expectSamePixels(bytes)).metadata();

  expect(after.exif).toBeUndefined();
  expect(after.xmp).toBeUndefined();
  expect(after.icc).toEqual(before.icc);
});

test.each(encoders.filter(([name]) => !name.startsWith('AVIF')))(
  '%s: no byte of EXIF or XMP is left in the file',
  async (_, encode) => {
    const bytes = await encode(laden()).toBuffer();
    expect(bytes.toString('latin1')).toMatch(/Camera/);
    expect(Buffer.from(clean(bytes)).toString('latin1')).not.toMatch(
      /Camera|Exif|eXIf|EXIF|xmp|XMP|iTXt|secret place/,
    );
  },
);

test.each<[string, (picture: sharp.Sharp) => sharp.Sharp]>([
  ['JPEG', (picture) => picture.jpeg()],
  ['PNG', (picture) => picture.png()],
  ['WebP', (picture) => picture.webp()],
])('%s: no orientation is left that a decoder could apply again', async (_, encode) => {
  const bytes = await encode(gradient()).withMetadata({ orientation: 6 }).toBuffer();
  expect((await sharp(bytes).metadata()).orientation).toBe(6);
  expect((await sharp(clean(bytes)).metadata()).orientation).toBeUndefined();
});

test('JPEG: IPTC, comments, unknown segments, JFIF thumbnails and a multi-picture trailer are cut', async () => {
  const jpeg = await gradient().jpeg().toBuffer();
  const bytes = Buffer.concat([
    build.withSegments(
      jpeg,
      build.segment(0xed, latin1('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x78\0\x05place')),
      build.segment(0xfe, latin1(TRAILER)),
      build.segment(0xe0, latin1(`JFXX\0${TRAILER}`)),
      build.segment(0xe2, latin1('MPF\0II*\0')),
      build.segment(0xef, latin1(TRAILER)),
    ),
    latin1(TRAILER),
    jpeg,
  ]);
  expect((await sharp(bytes).metadata()).iptc).toBeDefined();
  expect(Buffer.from(await expectSamePixels(bytes)).equals(clean(jpeg))).toBe(true);
});

test('JPEG: junk and fill bytes between segments are skipped, as libjpeg does', async () => {
  const jpeg = await gradient().jpeg().toBuffer();
  const bytes = build.withSegments(jpeg, Buffer.from([0xff, 0xff, 0xff]), build.app1Exif(build.exif(6)));
  expect(scan(bytes, { whole: true })).toMatchObject({ kind: 'image', orientation: 6 });
  expect((await sharp(await expectSamePixels(bytes)).metadata()).exif).toBeUndefined();
});

test('PNG: text, time, unknown chunks and the animation are cut, the default image stays', async () => {
  const bytes = build.withChunks(
    build.apng(40, 30, 3),
    build.pngChunk('gAMA', build.u32be(45455)),
    build.pngChunk('gAMA', build.u32be(100)),
    build.pngChunk('tEXt', latin1(`Comment\0${TRAILER}`)),
    build.pngChunk('tIME', Buffer.alloc(7, 1)),
    build.pngChunk('abCd', latin1(TRAILER)),
  );
  const result = await expectSamePixels(Buffer.concat([bytes, latin1(TRAILER)]));
  const chunks = Buffer.from(result)
    .toString('latin1')
    .match(/IHDR|IDAT|IEND|gAMA|acTL|fcTL|fdAT|tEXt|tIME|abCd/g);
  expect(chunks).toEqual(['IHDR', 'gAMA', 'IDAT', 'IEND']);
});

test('PNG: the transparency of a palette stays', async () => {
  const bytes = await build.flat(16, 12).ensureAlpha(0.5).png({ palette: true }).toBuffer();
  expect(bytes.includes('tRNS')).toBe(true);
  await expectSamePixels(build.withChunks(bytes, build.pngChunk('tEXt', latin1('a\0b'))));
});

test('animated WebP: only the first frame stays', async () => {
  const frames = await Promise.all(
    ['red', 'lime', 'blue'].map((background) =>
      sharp({ create: { width: 20, height: 10, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const bytes = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer();
  expect((await sharp(bytes).metadata()).pages).toBe(3);
  expect((await sharp(await expectSamePixels(bytes)).metadata()).pages ?? 1).toBe(1);
});

test('GIF: comments and trailing bytes are cut, frames and their delays stay', async () => {
  const bytes = await gradient().gif().toBuffer();
  const start = bytes.indexOf(Buffer.from([0x21, 0xf9]));
  const commented = Buffer.concat([
    bytes.subarray(0, start),
    build.gifComment(TRAILER),
    bytes.subarray(start),
    latin1(TRAILER),
  ]);
  const result = Buffer.from(await expectSamePixels(commented));
  expect(result.includes(TRAILER)).toBe(false);
  expect(result.includes(Buffer.from([0x21, 0xf9]))).toBe(true);
});

test('AVIF: only items that are pictures keep their type, whatever its letters', async () => {
  const bytes = await build.avifWithExif(build.exif(6));
  const disguised = build.patched(bytes, bytes.indexOf('Exif'), latin1('eXIF'));
  expect((await sharp(disguised).metadata()).exif).toBeDefined();
  expect((await sharp(await expectSamePixels(disguised)).metadata()).exif).toBeUndefined();
});

test('a file without metadata is returned as it is', async () => {
  const png = build.blackPng({ width: 16, height: 12 });
  const gif = build.gif([16, 12], build.gifFrame(16, 12));
  const others = [
    await gradient().jpeg().toBuffer(),
    await gradient().webp().toBuffer(),
    await gradient().avif({ effort: 0 }).toBuffer(),
  ];
  for (const bytes of [png, gif, ...others]) expect(clean(bytes)).toBe(bytes);
});

test('a TIFF is returned as it is, because sharp reads no EXIF from it', async () => {
  const bytes = await laden().tiff().toBuffer();
  expect(clean(bytes)).toBe(bytes);
  expect((await sharp(bytes).metadata()).exif).toBeUndefined();
});
