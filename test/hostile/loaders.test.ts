import { gzipSync } from 'node:zlib';
import { CorruptImage } from '../../contract/errors';
import { configureSharp } from '../../functions/lib/image/decode';
import { render } from '../../functions/lib/image/render';
import { type Format, picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { latin1, tiff } from '../functions/lib/prescan/build';
import { variantOf } from '../functions/support';
import { DEFAULTS } from './sandbox';

beforeAll(() => configureSharp(DEFAULTS.accepted));

/** As if the scan had accepted it. Nothing is cut from files that aren't AVIF. */
const decode = (bytes: Buffer, format: Format = 'avif') =>
  render(
    bytes,
    { format, width: 64, height: 48, orientation: 1 },
    [{ variant: variantOf({ width: 32 }), format: 'png' }],
    {
      maxPixels: 50_000_000,
      background: '#ffffff',
    },
  );

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="9" height="9"/></svg>';

/** What libvips in sharp has a loader for, besides the formats accepted by default. */
const others: Record<string, () => Buffer | Promise<Buffer>> = {
  AVIF: () => picture({ format: 'avif' }),
  TIFF: () => picture({ format: 'tiff' }),
  'TIFF of one directory': () => tiff(),
  BigTIFF: () =>
    sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
      .tiff({ bigtiff: true })
      .toBuffer(),
  SVG: () => latin1(SVG),
  'SVG in UTF-16': () => Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${SVG}`, 'utf16le'),
  'compressed SVG': () => gzipSync(SVG),
};

describe("with the default settings, decoders that aren't needed can't be reached", () => {
  test.each(Object.entries(others))('%s', async (_, build) => {
    jest.spyOn(console, 'warn').mockImplementation();
    const made = decode(await build());
    await expect(made).rejects.toBeInstanceOf(CorruptImage);
    await expect(made).rejects.toMatchObject({
      cause: { message: 'Input buffer contains unsupported image format' },
    });
  });

  test.each<Format>(['jpeg', 'png', 'webp', 'gif'])('while a %s is decoded', async (format) => {
    expect(await decode(await picture({ format }), format)).toHaveLength(1);
  });

  test('nor through a file name, even if the file is a valid image', async () => {
    await expect(sharp(__filename).metadata()).rejects.toThrow('unsupported image format');
  });
});

test('raw pixels, which the later steps work on, need no decoder', async () => {
  configureSharp([]);
  const pixels = sharp(Buffer.alloc(4 * 3 * 3, 0x80), { raw: { width: 4, height: 3, channels: 3 } });
  expect((await pixels.resize(2, 2).png().toBuffer()).subarray(1, 4).toString()).toBe('PNG');
  configureSharp(DEFAULTS.accepted);
});

test('sharp caches nothing and uses one thread', () => {
  expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, files: { max: 0 }, items: { max: 0 } });
  expect(sharp.concurrency()).toBe(1);
});
