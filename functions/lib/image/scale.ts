/** From one decoded picture to every variant of it, the larger ones first. */
import type { InputFormat, OutputFormat } from '../../../contract/formats';
import { type Pixels, resize } from './pixels';
import { type Plan, plan, type Size, within } from './plan';
import { type Focus, focusOf, isByContent, sampleSize } from './position';
import type { Variant } from './presets';
import { shape } from './shape';

export interface Wanted {
  variant: Variant;
  format: OutputFormat;
}

/** A variant of one image, planned. */
export interface Planned<Of extends Wanted = Wanted> {
  wanted: Of;
  plan: Plan;
  /** Whether the original has more pixels. */
  isReduced: boolean;
}

/** @param upright size of the image, upright */
export function planned<Of extends Wanted>(upright: Size, wanted: readonly Of[]): Planned<Of>[] {
  return wanted
    .map((one) => {
      const made = plan(upright, one.variant);
      return { wanted: one, plan: made, isReduced: area(made.scaled) < area(upright) };
    })
    .sort((one, other) => area(other.plan.scaled) - area(one.plan.scaled));
}

/**
 * The size from which all of these can be made: that of the largest, or a little more.
 *
 * @param otherwise the size that is wanted if there are none
 */
export function startingSize(
  upright: Size,
  items: readonly Planned[],
  format: InputFormat,
  otherwise?: Size,
): Size {
  const needsSample = items.some(({ plan, wanted }) => isByContent(wanted.variant.position) && isCut(plan));
  const sizes = [...items.map(({ plan }) => plan.scaled), ...(needsSample ? [sampleSize(upright)] : [])];
  return decodedSize(upright, largest(sizes.length > 0 || !otherwise ? sizes : [otherwise]), format);
}

/**
 * Makes the picture of each variant, ready to be encoded.
 *
 * @param bases the whole picture, upright, of the {@link startingSize}; smaller ones are added
 * @param foci what is kept if something is cut off, by the index of the variant; those that are missing are added
 */
export async function* picturesOf<Of extends Wanted>(
  bases: Pixels[],
  items: readonly Planned<Of>[],
  background: string,
  foci: (Focus | undefined)[] = [],
): AsyncGenerator<{ item: Planned<Of>; picture: Pixels }> {
  const [first] = bases as [Pixels];
  for (const [n, item] of items.entries()) {
    const { plan, wanted, isReduced } = item;
    const pixels = await resize(baseFor(plan.scaled, bases), plan.scaled);
    if (wanted.variant.fit !== 'fill') bases.push(pixels);
    if (isCut(plan)) foci[n] ??= await focusOf(first, plan, wanted.variant.position);
    yield { item, picture: await shape(pixels, { ...wanted, plan, isReduced, focus: foci[n] }, background) };
  }
}

/**
 * What a variant is made from: the smallest of what is there that is twice its size, or the largest. Beyond a factor of two
 * libvips averages pixels before it scales, and between one and two more of the steps before shows (docs/performance.md).
 */
export function baseFor(scaled: Size, bases: readonly Pixels[]): Pixels {
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
export const shrinksAtWill = (size: Size, format: InputFormat) => format === 'webp' || longest(size) >= LARGE;

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
