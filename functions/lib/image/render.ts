import type { InputFormat, OutputFormat } from '../../../contract/formats';
import { decode, type Stored } from './decode';
import { encode } from './encode';
import { type Pixels, resize } from './pixels';
import { type Plan, plan, type Size, within } from './plan';
import { focusOf, isByContent, sampleSize } from './position';
import type { Variant } from './presets';
import { shape } from './shape';

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
  options: RenderOptions,
): Promise<Rendered[]> {
  return (await renderWithPreview(bytes, stored, wanted, options)).rendered;
}

export interface RenderOptions {
  maxPixels: number;
  background: string;
  /** Milliseconds until the function is ended; absent if it never is. */
  timeLeft?: (() => number) | undefined;
}

/**
 * Does what {@link render} does, and makes a small picture of the whole image from the same decode, if `preview` is given. It
 * leaves the variants as they are, to the byte.
 *
 * @param options.preview the box of the small picture
 */
export async function renderWithPreview(
  bytes: Uint8Array,
  stored: Stored,
  wanted: readonly Wanted[],
  options: RenderOptions & { preview?: Size | undefined },
): Promise<{ rendered: Rendered[]; preview?: Pixels }> {
  const upright = stored.orientation >= 5 ? { width: stored.height, height: stored.width } : stored;
  const plans = wanted.map((item) => ({ ...item, plan: plan(upright, item.variant) }));
  const results = new Map<Wanted['variant'], Rendered>();

  const needsSample = plans.some(({ plan, variant }) => isByContent(variant.position) && isCut(plan));
  const samples = needsSample ? [sampleSize(upright)] : [];
  const small = options.preview && plan(upright, { ...options.preview, fit: 'inside' }).scaled;
  const scaled = plans.map((item) => item.plan.scaled);
  const target = largest(scaled.length > 0 || !small ? [...scaled, ...samples] : [small]);
  const size = decodedSize(upright, target, stored.format);
  const { maxPixels, timeLeft } = options;
  const bases = [
    await decode(bytes, stored, size, {
      maxPixels,
      shrinksAtWill: shrinksAtWill(size, stored.format),
      timeLeft,
    }),
  ];
  for (const item of plans.sort((one, other) => area(other.plan.scaled) - area(one.plan.scaled))) {
    const { scaled } = item.plan;
    const pixels = await resize(baseFor(scaled, bases), scaled);
    if (item.variant.fit !== 'fill') bases.push(pixels);
    const isReduced = area(scaled) < area(upright);
    const focus = isCut(item.plan)
      ? await focusOf(bases[0] as Pixels, item.plan, item.variant.position)
      : undefined;
    const shaped = await shape(pixels, { ...item, isReduced, focus }, options.background);
    const origin = { ...(!isReduced && { quality: stored.quality }), hasPalette: stored.hasPalette };
    const data = await encode(shaped, item.format, item.variant, origin);
    results.set(item.variant, { ...item.plan.size, data });
  }
  return {
    rendered: wanted.map(({ variant }) => results.get(variant) as Rendered),
    ...(small && { preview: await resize(baseFor(small, bases), small) }),
  };
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

/** The smallest size that all of these can be made from without enlarging; for one variant, its very own. */
function largest(sizes: Size[]): Size {
  return {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
}

/** Whether `cover` leaves something out. */
const isCut = ({ scaled, size }: Plan) => size.width < scaled.width || size.height < scaled.height;

function longest({ width, height }: Size): number {
  return Math.max(width, height);
}

function area({ width, height }: Size): number {
  return width * height;
}
