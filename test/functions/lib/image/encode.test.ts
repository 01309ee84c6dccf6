/** Which bytes a picture is encoded as: few, and of the right kind for its content. */
import { encode } from '../../../../functions/lib/image/encode';
import { contentOf, isFlat } from '../../../../functions/lib/image/graphic';
import { palettePng } from '../../../../functions/lib/image/palette-png';
import type { Pixels } from '../../../../functions/lib/image/pixels';
import { scan } from '../../../../functions/lib/prescan';
import { photo } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { decoded, thumbnail } from './pixels';

const SVG = (width: number, height: number) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#fff"/><rect x="10%" y="20%" width="30%" height="60%" fill="#c00"/>
    <circle cx="70%" cy="50%" r="20%" fill="#06c"/><path d="M0 0L${width} ${height}" stroke="#000"/></svg>`);

async function pixelsOf(image: Buffer): Promise<Pixels> {
  return (await decoded(image)) as Pixels;
}
const drawing = async () => pixelsOf(await sharp(SVG(300, 200)).png().toBuffer());
const photograph = async (width = 300, height = 200) => {
  const smooth = await photo('png', width, height);
  const grain = {
    create: {
      width,
      height,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 6 },
    },
  } as const;
  const noise = await sharp(grain).png().toBuffer();
  return pixelsOf(
    await sharp(smooth)
      .composite([{ input: noise, blend: 'soft-light' }])
      .removeAlpha()
      .png()
      .toBuffer(),
  );
};
const isProgressive = async (jpeg: Buffer) => (await sharp(jpeg).metadata()).isProgressive;
const subsampling = async (jpeg: Buffer) => (await sharp(jpeg).metadata()).chromaSubsampling;
const without = (png: Buffer, type: string) => !png.toString('latin1').includes(type);

test('drawings and photographs are told apart', async () => {
  expect(isFlat(await drawing())).toBe(true);
  expect(isFlat(await photograph())).toBe(false);
});

describe.each([1, 2, 3, 4] as const)('of %i channels', (channels) => {
  const isRowFlat = (...pixels: number[][]) =>
    isFlat({ data: Buffer.from(pixels.flat()), width: pixels.length, height: 1, channels });
  const pixel = (value: number) => Array.from({ length: channels }, () => value);

  test('each tells whether a pixel equals its neighbour', () => {
    const one = pixel(200);
    expect(isRowFlat(one, one, one)).toBe(true);
    for (let channel = 0; channel < channels; channel++) {
      const other = one.with(channel, 100);
      expect(isRowFlat(one, one, other)).toBe(true);
      expect(isRowFlat(one, other, other, one)).toBe(false);
    }
  });
});

test.each([2, 4] as const)(
  'of %i channels, invisible pixels are equal, whatever their colour',
  (channels) => {
    const invisible = (colour: number) => [...Array.from({ length: channels - 1 }, () => colour), 0];
    const data = Buffer.from([9, 7, 5].flatMap(invisible));
    expect(isFlat({ data, width: 3, height: 1, channels })).toBe(true);
  },
);

describe('a JPEG', () => {
  test('is progressive above 65,536 pixels, or if requested', async () => {
    const small = await photograph(256, 256);
    const large = await photograph(256, 257);
    expect(await isProgressive(await encode(small, 'jpeg', {}))).toBe(false);
    expect(await isProgressive(await encode(large, 'jpeg', {}))).toBe(true);
    expect(await isProgressive(await encode(small, 'jpeg', { progressive: true }))).toBe(true);
    expect(await isProgressive(await encode(large, 'jpeg', { progressive: false }))).toBe(false);
  });

  test('has full colour resolution if it is a drawing', async () => {
    expect(await subsampling(await encode(await drawing(), 'jpeg', {}))).toBe('4:4:4');
    expect(await subsampling(await encode(await photograph(), 'jpeg', {}))).toBe('4:2:0');
  });

  test("of a low-quality original that isn't scaled does not grow, and has at most the requested quality", async () => {
    const { data, ...shape } = await photograph(400, 300);
    const poor = await sharp(data, { raw: shape }).jpeg({ quality: 30 }).toBuffer();
    expect(scan(poor, { whole: true })).toMatchObject({ quality: 30 });
    const box = { format: 'jpeg', width: 400, height: 300, quality: undefined } as const;
    expect((await thumbnail(poor, box)).length).toBeLessThanOrEqual(poor.length * 1.01);
    const scaled = { ...box, width: 200, height: 150 };
    const best = await sharp(poor).resize(200, 150).jpeg({ quality: 30 }).toBuffer();
    expect((await thumbnail(poor, scaled)).length).toBeGreaterThan(best.length);
  });

  test.each([10, 30, 50, 75, 90, 100])('of quality %d is recognized as such', async (quality) => {
    const { data, ...shape } = await photograph(40, 30);
    const options = { quality, quantisationTable: 0 };
    const found = scan(await sharp(data, { raw: shape }).jpeg(options).toBuffer(), { whole: true });
    expect(Math.abs(((found as { quality?: number }).quality ?? 0) - quality)).toBeLessThanOrEqual(1);
  });
});

describe('a PNG', () => {
  test('of at most 256 colours has a palette with exactly those colours', async () => {
    const few = await pixelsOf(await sharp(SVG(64, 48)).threshold(128).png().toBuffer());
    const png = await encode(few, 'png', {});
    expect(await sharp(png).metadata()).toMatchObject({ isPalette: true, bitsPerSample: 1 });
    expect(
      (await decoded(await sharp(png).toColourspace('srgb').removeAlpha().png().toBuffer())).data,
    ).toEqual((await decoded(await sharp(few.data, { raw: few }).removeAlpha().png().toBuffer())).data);
  });

  test('keeps partial transparency in its palette', async () => {
    const colours = Array.from({ length: 256 }, (_, n) => [n, 255 - n, 7, n]).flat();
    const pixels: Pixels = { width: 16, height: 16, channels: 4, data: Buffer.from(colours) };
    const { palette } = contentOf(pixels);
    const read = await decoded(palettePng(pixels, palette as Map<number, number>));
    // Fully transparent pixels have no colour.
    expect(read.data.subarray(4)).toEqual(pixels.data.subarray(4));
    expect(read.data[3]).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 16, 17, 255, 256])('keeps %d colours exactly', async (count) => {
    const data = Buffer.from(Array.from({ length: 300 }, (_, n) => [n % count, 3, 250]).flat());
    const pixels: Pixels = { width: 30, height: 10, channels: 3, data };
    const read = await sharp(await encode(pixels, 'png', {}))
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    expect(read).toEqual(data);
  });

  test('leaves out an opaque alpha channel, colour channels of a grey image, and the resolution', async () => {
    const { data, ...shape } = await photograph();
    const opaque = await sharp(data, { raw: shape }).ensureAlpha().raw().toBuffer();
    const png = await encode({ ...shape, channels: 4, data: opaque }, 'png', {});
    expect(await sharp(png).metadata()).toMatchObject({ channels: 3 });
    expect(await sharp(png).raw().toBuffer()).toEqual(data);
    expect(without(png, 'pHYs')).toBe(true);

    const noise = Buffer.from(Array.from({ length: 90_000 }, (_, n) => [(n * 7919) % 251, 0, 0]).flat());
    for (let i = 0; i < noise.length; i += 3) noise.fill((noise[i] as number) ^ (i & 3), i, i + 3);
    const grey = await encode({ width: 300, height: 300, channels: 3, data: noise }, 'png', {
      progressive: true,
    });
    expect(await sharp(grey).metadata()).toMatchObject({ channels: 1, isProgressive: true });
    expect(await sharp(grey).toColourspace('srgb').raw().toBuffer()).toEqual(noise);
  });

  test('is quantized only if it is scaled from a picture with a palette and becomes smaller', async () => {
    const icon = await sharp(SVG(512, 512)).png({ palette: true }).toBuffer();
    const truecolour = await sharp(icon).toColourspace('srgb').png({ palette: false }).toBuffer();
    const box = { format: 'png', width: 200, height: 200 } as const;
    const [small, large] = [await thumbnail(icon, box), await thumbnail(truecolour, box)];
    expect(scan(icon, { whole: true })).toMatchObject({ hasPalette: true });
    expect(small.length).toBeLessThanOrEqual(large.length);
  });
});

describe('a WebP', () => {
  test('of a drawing is lossy or lossless, whichever is smaller', async () => {
    const pixels = await drawing();
    const lossy = await sharp(pixels.data, { raw: pixels }).webp({ quality: 80, effort: 4 }).toBuffer();
    const made = await encode(pixels, 'webp', {});
    expect(made.length).toBeLessThan(lossy.length);
    expect(await sharp(made).removeAlpha().raw().toBuffer()).toEqual(
      await sharp(pixels.data, { raw: pixels }).removeAlpha().raw().toBuffer(),
    );
  });

  test.each(['webp', 'avif'] as const)('and AVIF are lossless if requested: %s', async (format) => {
    const pixels = await photograph(40, 30);
    const made = await encode(pixels, format, { lossless: true });
    expect(await sharp(made).removeAlpha().raw().toBuffer()).toEqual(pixels.data);
  });
});

test('by default AVIF has quality 65, and JPEG and WebP have 80', async () => {
  const pixels = await photograph();
  for (const [format, quality] of [
    ['avif', 65],
    ['jpeg', 80],
    ['webp', 80],
  ] as const) {
    expect(await encode(pixels, format, {})).toEqual(await encode(pixels, format, { quality }));
  }
});
