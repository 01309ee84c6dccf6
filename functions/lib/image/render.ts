import sharp, { type Sharp } from 'sharp';
import { CorruptImage, UnsupportedFormat } from '../../../contract/errors';
import type { InputFormat, OutputFormat } from '../../../contract/formats';
import { encode, KEEPS_ALPHA } from './encode';
import { type Plan, plan, type Size } from './plan';
import type { Variant } from './presets';

/** A decoded image: 8-bit sRGB pixels, with alpha where the source has it. */
interface Pixels extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

export interface Wanted {
  variant: Variant;
  format: OutputFormat;
}

export interface Rendered extends Size {
  data: Buffer;
}

/** An image as its file states it. */
export interface Stored extends Size {
  format: InputFormat;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/** The decoders sharp may use, by format; every other one stays blocked. */
const LOADERS: Record<InputFormat, string> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
};

/** Sets sharp up once for a process: only the loaders of accepted formats, no cache, one thread. */
export function configureSharp(accepted: readonly InputFormat[]): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: accepted.map((format) => LOADERS[format]) });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * Makes every variant of an image from one decode: the decoder shrinks while it loads, and each variant is made
 * from a larger one. Output is upright sRGB without any metadata.
 *
 * @param bytes the image, free of metadata that a native parser would meet
 * @returns one result for each of `wanted`, in that order
 * @throws CorruptImage when the bytes cannot be decoded
 * @throws UnsupportedFormat when they have more channels than colours and alpha, as a TIFF may
 */
export async function render(
  bytes: Uint8Array,
  stored: Stored,
  wanted: readonly Wanted[],
  options: { maxPixels: number; background: string },
): Promise<Rendered[]> {
  const upright = stored.orientation >= 5 ? { width: stored.height, height: stored.width } : stored;
  const plans = wanted.map((item) => ({ ...item, plan: plan(upright, item.variant) }));
  const results = new Map<Wanted['variant'], Rendered>();

  const size = decodedSize(upright, largest(plans), stored.format);
  const bases = [await orient(await decode(bytes, stored, size, options.maxPixels), stored)];
  for (const item of plans.sort((one, other) => area(other.plan.scaled) - area(one.plan.scaled))) {
    const { scaled } = item.plan;
    const pixels = await resize(baseFor(scaled, bases), scaled);
    if (item.variant.fit !== 'fill') bases.push(pixels);
    results.set(item.variant, await finish(pixels, item.plan, item, options.background));
  }
  return wanted.map(({ variant }) => results.get(variant) as Rendered);
}

/**
 * What a variant is made from: the smallest of what is there that is twice its size, or the largest. Beyond a factor of two
 * libvips averages pixels before it scales, and between one and two more of the steps before shows (docs/performance.md).
 */
function baseFor(scaled: Size, bases: readonly Pixels[]): Pixels {
  // Within a pixel, since both are rounded: 1,197 are as good as twice 599.
  const isTwice = (base: Size) => base.width + 1 >= 2 * scaled.width && base.height + 1 >= 2 * scaled.height;
  const same = bases.find((base) => base.width === scaled.width && base.height === scaled.height);
  return same ?? bases.findLast(isTwice) ?? (bases[0] as Pixels);
}

/** Pixels of an image whose decoding costs so little that the way to a small variant may take two steps. */
const SMALL = 2_000_000;

/** Pixels of a side that count as large for a thumbnail: such are made of pictures whose every pixel is no longer sharp. */
const LARGE = 1024;

/**
 * What to decode to: twice the size where one step would turn fine detail into jagged lines, since every pixel of the
 * image shows, or since the decoder is WebP's, which scales to any size at the same cost.
 */
function decodedSize(upright: Size, target: Size, format: InputFormat): Size {
  const twice = area(upright) <= SMALL || (format === 'webp' && longest(target) < LARGE);
  if (!twice) return target;
  return {
    width: Math.min(upright.width, 2 * target.width),
    height: Math.min(upright.height, 2 * target.height),
  };
}

/**
 * Whether the decoder may shrink by as much as it can. That of JPEG leaves a factor of two to Lanczos below the size, which is 5
 * to 10 dB nearer to the original for 10 to 30 % more time; above, that would be up to 40 %.
 */
const shrinksAtWill = (size: Size, format: InputFormat) => format === 'webp' || longest(size) >= LARGE;

/** The smallest size that every variant can be made from without enlarging; for one variant, its very own. */
function largest(plans: { plan: Plan }[]): Size {
  return {
    width: Math.max(...plans.map(({ plan }) => plan.scaled.width)),
    height: Math.max(...plans.map(({ plan }) => plan.scaled.height)),
  };
}

async function decode(bytes: Uint8Array, stored: Stored, upright: Size, maxPixels: number): Promise<Pixels> {
  const [width, height] =
    stored.orientation >= 5 ? [upright.height, upright.width] : [upright.width, upright.height];
  // Nothing may stand before the resize: the decoder could no longer shrink while it loads, at 2 to 5 times the cost.
  const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
    .resize(width, height, { fit: 'fill', fastShrinkOnLoad: shrinksAtWill(upright, stored.format) })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw new CorruptImage(
        `The image cannot be decoded: ${error.message}. Export it again and upload it.`,
        { cause: error },
      );
    });
  if (info.channels > 4) {
    throw new UnsupportedFormat(
      `Expected at most 4 channels, three colours and alpha, but received ${info.channels}. ` +
        'Flatten the image and upload it again.',
    );
  }
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] };
}

/** Turns pixels stored with an EXIF orientation upright. sharp mirrors before it rotates. */
async function orient(pixels: Pixels, { orientation }: { orientation: number }): Promise<Pixels> {
  if (orientation === 1) return pixels;
  const mirrored = [2, 4, 5, 7].includes(orientation);
  const turn = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[orientation] as number;
  return raw(from(pixels).flop(mirrored).rotate(turn));
}

async function resize(pixels: Pixels, { width, height }: Size): Promise<Pixels> {
  if (pixels.width === width && pixels.height === height) return pixels;
  return raw(from(pixels).resize(width, height, { fit: 'fill' }));
}

/** Cuts or pads, flattens where the format knows no transparency, and encodes. */
async function finish(pixels: Pixels, { size }: Plan, wanted: Wanted, background: string): Promise<Rendered> {
  const keepsAlpha = KEEPS_ALPHA[wanted.format];
  let image = from(pixels);
  if (wanted.variant.fit === 'cover') image = image.extract(centred(pixels, size));
  if (wanted.variant.fit === 'contain') {
    const { left, top } = centred(size, pixels);
    image = image.extend({
      left,
      top,
      right: size.width - pixels.width - left,
      bottom: size.height - pixels.height - top,
      background: keepsAlpha ? { r: 0, g: 0, b: 0, alpha: 0 } : background,
    });
  }
  if (!keepsAlpha) image = image.flatten({ background });
  const encoded = encode(image, wanted.format, wanted.variant.quality, area(size));
  return { ...size, data: await encoded.toBuffer() };
}

/** Where `inner` stands in the middle of `outer`. */
function centred(outer: Size, inner: Size) {
  return {
    left: Math.floor((outer.width - inner.width) / 2),
    top: Math.floor((outer.height - inner.height) / 2),
    width: inner.width,
    height: inner.height,
  };
}

function from({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

async function raw(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] };
}

function longest({ width, height }: Size): number {
  return Math.max(width, height);
}

function area({ width, height }: Size): number {
  return width * height;
}
