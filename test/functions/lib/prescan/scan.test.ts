import { type ImageScan, identify, scan, withoutMetadata } from '../../../../functions/lib/prescan';
import sharp from '../../../fixtures/sharp';
import * as build from './build';

const whole = { whole: true };
const prefix = { whole: false };

/** The answer for a file that must be an image. */
function image(bytes: Uint8Array, options = whole): ImageScan {
  const result = scan(bytes, options);
  expect(result).toMatchObject({ kind: 'image' });
  return result as ImageScan;
}

/** Noise, so that the files aren't tiny. */
const noise = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({
    create: {
      width,
      height,
      channels,
      background: 'white',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

const pages = async (count: number) =>
  sharp(
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        build
          .flat(20, 10 + i * 0)
          .tint({ r: i * 60, g: 0, b: 9 })
          .png()
          .toBuffer(),
      ),
    ),
    { join: { animated: true } },
  );

describe('size, orientation and frames match what sharp reports', () => {
  const encoders: Record<string, (picture: sharp.Sharp) => sharp.Sharp> = {
    'baseline JPEG': (picture) => picture.jpeg(),
    'progressive JPEG': (picture) => picture.jpeg({ progressive: true }),
    PNG: (picture) => picture.png(),
    'lossy WebP': (picture) => picture.webp(),
    'lossless WebP': (picture) => picture.webp({ lossless: true }),
    AVIF: (picture) => picture.avif({ effort: 0 }),
    TIFF: (picture) => picture.tiff(),
    'TIFF in tiles': (picture) => picture.tiff({ tile: true, tileWidth: 16, tileHeight: 16 }),
  };
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  const cases = Object.keys(encoders).flatMap((name) =>
    orientations.map((orientation) => [name, orientation] as const),
  );

  test.each(cases)('%s of orientation %i', async (name, orientation) => {
    const bytes = await encoders[name]!(noise(50, 30)).withMetadata({ orientation }).toBuffer();
    const metadata = await sharp(bytes).metadata();
    expect(image(bytes)).toMatchObject({
      width: metadata.width,
      height: metadata.height,
      // The AVIF encoder turns the orientation into a property of the image, which the decoder applies.
      orientation: name === 'AVIF' ? 1 : orientation,
      frames: 1,
      complete: true,
    });
    const sideways = orientation > 4;
    expect(metadata.autoOrient).toEqual(sideways ? { width: 30, height: 50 } : { width: 50, height: 30 });
  });

  test.each<[string, () => Promise<Buffer>]>([
    ['CMYK JPEG', () => noise(50, 30).toColourspace('cmyk').jpeg().toBuffer()],
    ['grey JPEG', () => noise(50, 30).toColourspace('b-w').jpeg().toBuffer()],
    ['PNG of 16 bits', () => noise(50, 30).toColourspace('rgb16').png().toBuffer()],
    ['PNG with a palette', () => noise(50, 30).png({ palette: true }).toBuffer()],
    ['interlaced PNG with alpha', () => noise(50, 30, 4).png({ progressive: true }).toBuffer()],
    ['lossy WebP with alpha', () => build.flat(50, 30).ensureAlpha(0.5).webp().toBuffer()],
    ['GIF', () => noise(50, 30).gif().toBuffer()],
    ['AVIF with alpha', () => build.flat(50, 30).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer()],
    ['BigTIFF', () => noise(50, 30).tiff({ bigtiff: true }).toBuffer()],
    ['1×1', () => noise(1, 1).png().toBuffer()],
    ['a JPEG as wide as JPEG goes', () => build.flat(65_500, 1).jpeg().toBuffer()],
  ])('%s', async (_, make) => {
    const bytes = await make();
    const { width, height } = await sharp(bytes).metadata();
    expect(image(bytes)).toMatchObject({
      width,
      height,
      orientation: 1,
      frames: 1,
      complete: true,
      notes: [],
    });
  });

  test.each<[string, (picture: sharp.Sharp) => sharp.Sharp]>([
    ['GIF', (picture) => picture.gif()],
    ['WebP', (picture) => picture.webp()],
    ['lossless WebP', (picture) => picture.webp({ lossless: true })],
  ])('animated %s', async (_, encode) => {
    const bytes = await encode(await pages(4)).toBuffer();
    const metadata = await sharp(bytes).metadata();
    expect(metadata.pages).toBe(4);
    expect(image(bytes)).toMatchObject({ width: metadata.width, height: metadata.height, frames: 4 });
  });

  test('TIFF of three pages', async () => {
    const first = build.tiff();
    const next = first.length;
    const file = Buffer.concat([
      build.tiff([], { next }),
      build.u16le(0),
      build.u32le(next + 6),
      build.u16le(0),
      build.u32le(0),
    ]);
    expect(image(file)).toMatchObject({ width: 4, height: 3, frames: 3 });
  });

  test('an animated PNG has the number of frames it declares; sharp decodes its default image', async () => {
    const bytes = build.apng(40, 30, 3);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 40, height: 30 });
    expect(image(bytes)).toMatchObject({ width: 40, height: 30, frames: 3 });
  });

  // libnsgif uses the screen's size only if it is plausible. Each case was once the habit of an encoder.
  test.each<[screen: [number, number], frame: [number, number, number, number]]>([
    [
      [10, 10],
      [1, 1, 0, 0],
    ],
    [
      [10, 10],
      [10, 10, 5, 5],
    ],
    [
      [0, 0],
      [5, 5, 0, 0],
    ],
    [
      [640, 480],
      [5, 5, 0, 0],
    ],
    [
      [1600, 1200],
      [5, 5, 1, 2],
    ],
    [
      [2048, 2048],
      [5, 5, 0, 0],
    ],
    [
      [2049, 10],
      [5, 5, 0, 0],
    ],
    [
      [65535, 65535],
      [1, 1, 0, 0],
    ],
    [
      [3000, 2000],
      [3000, 2000, 0, 0],
    ],
  ])('GIF with a screen of %j and a frame of %j', async (screen, frame) => {
    const bytes = build.gif(screen, build.gifFrame(...frame));
    const { width, height } = await sharp(bytes).metadata();
    expect(image(bytes)).toMatchObject({ width, height });
  });
});

describe('EXIF', () => {
  const withExif = async (...blocks: Buffer[]) =>
    build.withSegments(await build.flat(16, 12).jpeg().toBuffer(), ...blocks.map(build.app1Exif));
  const entry = { tag: 0x0112, type: 3, value: 6 };

  test.each<[string, Buffer[]]>([
    ['little-endian', [build.exif(6)]],
    ['big-endian', [build.exif(6, { littleEndian: false })]],
    ['as a byte', [build.tiffStructure([{ ...entry, type: 1 }])]],
    ['as a long', [build.tiffStructure([{ ...entry, type: 4 }])]],
    ['first of two entries', [build.tiffStructure([entry, { ...entry, value: 3 }])]],
    ['first of two blocks', [build.exif(6), build.exif(3)]],
    ['first of two blocks, malformed', [Buffer.from('ZZ'), build.exif(3)]],
    ['of two values', [build.patched(build.exif(6), 14, build.u32le(0x10000000))]],
    ['of value 0', [build.exif(0)]],
    ['of value 9', [build.exif(9)]],
    ['of value 65535', [build.exif(65535)]],
    ['with fewer entries than it says', [build.patched(build.exif(6), 8, build.u16le(500))]],
    ['with another magic number', [build.patched(build.exif(6), 2, build.u16le(44))]],
  ])('the orientation is read as sharp does: %s', async (_, blocks) => {
    const bytes = await withExif(...blocks);
    const { orientation = 1 } = await sharp(bytes).metadata();
    expect(image(bytes).orientation).toBe(orientation);
  });

  test('a pointer beyond the block and a block of a few bytes give orientation 1 with a note', async () => {
    for (const block of [
      build.patched(build.exif(6), 4, build.u32le(0xfffffff0)),
      Buffer.from('II'),
      Buffer.from('II*\0'),
    ]) {
      expect(image(await withExif(block))).toMatchObject({
        orientation: 1,
        notes: ['The EXIF block is malformed and was ignored.'],
      });
    }
  });

  test('a WebP whose header announces no EXIF has none', async () => {
    const parts = [await build.vp8l(16, 12), build.riffChunk('EXIF', build.exif(6))];
    for (const [flags, orientation] of [
      [0, 1],
      [build.VP8X.exif, 6],
    ] as const) {
      const bytes = build.webp(build.vp8x(flags, 16, 12), ...parts);
      expect((await sharp(bytes).metadata()).orientation ?? 1).toBe(orientation);
      expect(image(bytes).orientation).toBe(orientation);
    }
  });

  test('a PNG whose EXIF stands after its data has none', async () => {
    const png = build.blackPng({ width: 16, height: 12 });
    const late = Buffer.concat([
      png.subarray(0, -12),
      build.pngChunk('eXIf', build.exif(6)),
      png.subarray(-12),
    ]);
    expect((await sharp(late).metadata()).orientation).toBeUndefined();
    expect(image(late).orientation).toBe(1);
    expect(image(build.withChunks(png, build.pngChunk('eXIf', build.exif(6)))).orientation).toBe(6);
  });
});

describe('a prefix', () => {
  test.each<[string, () => Promise<Buffer>, head: number]>([
    ['JPEG', () => noise(300, 200).jpeg().withMetadata({ orientation: 6 }).toBuffer(), 2_000],
    ['PNG', () => noise(300, 200).png().withMetadata({ orientation: 6 }).toBuffer(), 1_000],
    ['WebP', () => noise(300, 200).webp().toBuffer(), 30],
    ['GIF', () => noise(300, 200).gif().toBuffer(), 900],
    ['AVIF', () => noise(300, 200).avif({ effort: 0 }).toBuffer(), 1_000],
  ])(
    'of a %s with its header gives the same answer as the whole file, except that counts are incomplete',
    async (_, make, head) => {
      const bytes = await make();
      expect(bytes.length).toBeGreaterThan(head);
      const { width, height, orientation } = image(bytes);
      const result = image(bytes.subarray(0, head), prefix);
      expect(result).toMatchObject({ width, height, orientation, complete: false });
    },
  );

  test('never gives another size or orientation than the whole file', async () => {
    const oriented = (picture: sharp.Sharp) => picture.withMetadata({ orientation: 6 }).toBuffer();
    const files = [
      await oriented(noise(30, 20).jpeg()),
      await oriented(noise(30, 20).png()),
      await oriented(noise(30, 20).webp()),
      await oriented(noise(30, 20).tiff()),
      await oriented(noise(30, 20).avif({ effort: 0 })),
      await noise(30, 20).gif().toBuffer(),
    ];
    for (const bytes of files) {
      const { width, height, orientation, format } = image(bytes);
      const results = Array.from(bytes, (_, length) => scan(bytes.subarray(0, length), prefix));
      const expected = results.map((result) => {
        if (result.kind === 'image') return { ...result, width, height, orientation, complete: false };
        return result.kind === 'more' ? { kind: 'more', format } : result;
      });
      expect(results).toEqual(expected);
      // Too short to tell the format, or that it is this one.
      const unclear = results.findLastIndex(({ kind }) => kind !== 'image' && kind !== 'more');
      expect(unclear).toBeLessThan(32);
    }
  });

  test('asks for more if the header comes later', async () => {
    const jpeg = await noise(30, 20).jpeg().toBuffer();
    const bytes = build.withSegments(jpeg, ...Array(3).fill(build.segment(0xe2, Buffer.alloc(60_000))));
    expect(scan(bytes.subarray(0, 128 * 1024), prefix)).toEqual({ kind: 'more', format: 'jpeg' });
    expect(image(bytes)).toMatchObject({ width: 30, height: 20 });
  });

  test('asks for more if a WebP announces EXIF, which is at its end', async () => {
    const bytes = await noise(30, 20).webp().withMetadata({ orientation: 6 }).toBuffer();
    expect(scan(bytes.subarray(0, -10), prefix)).toEqual({ kind: 'more', format: 'webp' });
    expect(image(bytes).orientation).toBe(6);
  });

  test('asks for more if values of a TIFF are behind its directory', async () => {
    const bytes = await noise(6, 4).tiff({ compression: 'none' }).toBuffer();
    const first = bytes.readUInt32LE(4);
    const entries = Array.from({ length: bytes.readUInt16LE(first) }, (_, n) => first + 2 + 12 * n);
    const entry = entries.find((at) => bytes.readUInt16LE(at) === 258) as number;
    const bits = bytes.readUInt32LE(entry + 8);
    expect(bits).toBeGreaterThan(first);
    bytes.writeUInt16LE(32, bits);
    expect(scan(bytes, whole)).toMatchObject({ kind: 'unsupported' });
    for (let length = bits; length < bits + 2; length++) {
      expect(scan(bytes.subarray(0, length), prefix)).toEqual({ kind: 'more', format: 'tiff' });
    }
  });

  test('that is as long as the file counts as the whole file', async () => {
    const bytes = await noise(30, 20).jpeg().toBuffer();
    expect(scan(bytes, { whole: false, totalBytes: bytes.length })).toEqual(scan(bytes, whole));
    expect(scan(bytes, { whole: false, totalBytes: bytes.length + 1 })).toMatchObject({ complete: false });
  });

  test('of a WebP that is shorter than its header says is corrupt at once', async () => {
    const bytes = await noise(300, 200).webp().toBuffer();
    expect(scan(bytes.subarray(0, 64), { whole: false, totalBytes: bytes.length - 1 })).toEqual({
      kind: 'corrupt',
      reason: `The WebP is damaged: expected ${bytes.length} bytes, as its header says, but found ${bytes.length - 1}.`,
    });
  });
});

describe('limits', () => {
  test('are inclusive and can be set', async () => {
    const bytes = build.gif([8, 6], build.times(4_000, build.gifComment('x')), build.gifFrame(8, 6));
    expect(scan(bytes, { whole: true, limits: { chunks: 4_000 } })).toMatchObject({ kind: 'image' });
    expect(scan(bytes, { whole: true, limits: { chunks: 3_999 } })).toEqual({
      kind: 'suspicious',
      what: 'chunks',
      found: 4_000,
      allowed: 3_999,
      reason: 'Expected at most 3,999 chunks in a GIF but found 4,000 or more.',
    });
  });

  test('apply to a prefix too', async () => {
    const png = build.blackPng({ width: 8, height: 6 });
    const bytes = build.withChunks(png, build.times(60_000, build.pngChunk('tEXt')));
    expect(scan(bytes.subarray(0, 650_000), { whole: false, totalBytes: bytes.length })).toMatchObject({
      kind: 'suspicious',
      what: 'chunks',
      allowed: 50_000,
    });
  });

  test.each([
    ['GIF', () => build.gif([1, 1], build.times(100_000, build.gifFrame(1, 1)))],
    ['WebP', () => build.webpWithFrames(100_000)],
  ])('ignore the number of frames of a %s, because the decoder gets only one', async (_, make) => {
    const bytes = await make();
    const result = image(bytes);
    expect(result).toMatchObject({ width: 1, height: 1, frames: 100_000 });
    expect(withoutMetadata(bytes, result.format).length).toBeLessThan(200);
  });
});

test('data after the end of an image is noted and changes nothing', async () => {
  const pictures = [noise(30, 20).jpeg(), noise(30, 20).png(), noise(30, 20).webp(), noise(30, 20).gif()];
  for (const bytes of await Promise.all(pictures.map((picture) => picture.toBuffer()))) {
    const notes = ["Bytes after the image's end, ignored: 5."];
    expect(image(Buffer.concat([bytes, Buffer.from('extra')]))).toEqual({ ...image(bytes), notes });
  }
});

test("a restart marker in a JPEG's data isn't a segment: what follows it is still counted", async () => {
  const jpeg = await noise(30, 20).jpeg().toBuffer();
  const scanStart = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  // RST0 to RST7.
  for (let marker = 0xd0; marker <= 0xd7; marker++) {
    const restart = Buffer.from([0xff, marker]);
    const bytes = Buffer.concat([jpeg.subarray(0, -2), restart, jpeg.subarray(scanStart)]);
    expect(scan(bytes, { whole: true, limits: { scans: 1 } })).toMatchObject({
      kind: 'suspicious',
      what: 'scans',
      found: 2,
    });
  }
});

test('only the first picture of a multi-picture JPEG is scanned', async () => {
  const first = await noise(30, 20).jpeg().toBuffer();
  const second = await noise(90, 60).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  expect(image(Buffer.concat([first, second]))).toMatchObject({ width: 30, height: 20, orientation: 1 });
});

test("a file's format is decided by its first bytes", async () => {
  const jpeg = await noise(30, 20).jpeg().toBuffer();
  const found = 'plain text';
  expect(identify(Buffer.from('hello'))).toEqual({ found });
  expect(scan(Buffer.concat([Buffer.from('<!doctype html>'), jpeg]), whole)).toEqual({
    kind: 'unsupported',
    found: 'HTML',
  });
});
