import type { Sharp } from 'sharp';
import type { InputFormat, OutputFormat } from '../../../contract/formats';
import { decode, type Stored } from './decode';
import { encode, KEEPS_ALPHA, type Origin } from './encode';
import { from, type Pixels, raw, resize } from './pixels';
import { type Plan, plan, type Size, within } from './plan';
import type { Variant } from './presets';

export interface Wanted {
  variant: Variant;
  format: OutputFormat;
}

export interface Rendered extends Size {
  data: Buffer;
}

/**
 * Makes every variant of an image from one decode: the decoder shrinks while it loads, and each variant is made
 * from a larger one. Output is upright sRGB without any metadata.
 *
 * @param bytes the whole file, which `stored` was scanned from
 * @returns one result for each of `wanted`, in that order
 * @throws what {@link decode} throws
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
  const { maxPixels } = options;
  const bases = [
    await decode(bytes, stored, size, { maxPixels, shrinksAtWill: shrinksAtWill(size, stored.format) }),
  ];
  for (const item of plans.sort((one, other) => area(other.plan.scaled) - area(one.plan.scaled))) {
    const { scaled } = item.plan;
    const pixels = await resize(baseFor(scaled, bases), scaled);
    if (item.variant.fit !== 'fill') bases.push(pixels);
    const origin = {
      ...(area(scaled) >= area(upright) && { quality: stored.quality }),
      hasPalette: stored.hasPalette,
    };
    results.set(item.variant, await finish(pixels, item, options.background, origin));
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
 * How many times the size of the largest variant a picture is decoded to. A decoder that scales to the very size turns fine
 * detail into jagged lines where every pixel of the image shows. That of WebP does so at any size, and for a large variant one
 * and a half times is enough: 50 dB instead of 47, for 5 to 9 % more time (docs/performance.md).
 */
function surplus(upright: Size, target: Size, format: InputFormat): number {
  if (area(upright) <= SMALL) return 2;
  if (format !== 'webp') return 1;
  return longest(target) < LARGE ? 2 : 1.5;
}

/** The size to decode to, at most the image's own. */
function decodedSize(upright: Size, target: Size, format: InputFormat): Size {
  const most = within(target, upright);
  const times = surplus(upright, most, format);
  return within(
    { width: Math.round(times * target.width), height: Math.round(times * target.height) },
    upright,
  );
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

/** Cuts or pads, flattens if the format has no transparency, and encodes. */
async function finish(
  pixels: Pixels,
  { plan: { size }, format, variant }: Wanted & { plan: Plan },
  background: string,
  origin: Origin,
): Promise<Rendered> {
  const keepsAlpha = KEEPS_ALPHA[format];
  const hasAlpha = pixels.channels === 2 || pixels.channels === 4;
  let image: Sharp | undefined;
  if (variant.fit === 'cover' && area(size) < area(pixels))
    image = from(pixels).extract(centred(pixels, size));
  if (variant.fit === 'contain' && area(size) > area(pixels)) {
    const { left, top } = centred(size, pixels);
    image = from(pixels).extend({
      left,
      top,
      right: size.width - pixels.width - left,
      bottom: size.height - pixels.height - top,
      background: keepsAlpha ? { r: 0, g: 0, b: 0, alpha: 0 } : background,
    });
  }
  if (!keepsAlpha && hasAlpha) image = (image ?? from(pixels)).flatten({ background });
  return { ...size, data: await encode(image ? await raw(image) : pixels, format, variant, origin) };
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

function longest({ width, height }: Size): number {
  return Math.max(width, height);
}

function area({ width, height }: Size): number {
  return width * height;
}
