import type { Size } from '../../../contract/image';
import { decode, type Stored } from './decode';
import { encode, encodeAnimation } from './encode';
import { openAnimation } from './frames';
import { type Pixels, resize } from './pixels';
import { plan } from './plan';
import type { Focus } from './position';
import {
  baseFor,
  picturesOf,
  planned,
  shrinksAtWill,
  startingSize,
  type Wanted as WantedPicture,
} from './scale';

export interface Wanted extends WantedPicture {
  /** Whether it has every frame of the original. */
  animated?: true;
}

export interface Rendered extends Size {
  data: Buffer;
}

export interface RenderOptions {
  /** Pixels of one frame. */
  maxPixels: number;
  /** Colour for transparent pixels in formats that have no transparency. */
  background: string;
  /** Milliseconds until the function is ended; absent if it never is. */
  timeLeft?: (() => number) | undefined;
}

/**
 * Makes every variant of an image. The stills are made from one decode: the decoder shrinks while it loads, and each variant
 * is made from a larger one. Output is upright sRGB without any metadata.
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
  const stills = wanted.filter(({ animated }) => !animated);
  const animations = wanted.filter(({ animated }) => animated);
  const { made, preview } =
    stills.length > 0 || options.preview ? await renderStills(bytes, stored, stills, options) : { made: [] };
  if (animations.length > 0) made.push(...(await renderAnimations(bytes, stored, animations, options)));
  const results = new Map(made);
  return { rendered: wanted.map((one) => results.get(one) as Rendered), ...(preview && { preview }) };
}

type Made = [Wanted, Rendered][];

async function renderStills(
  bytes: Uint8Array,
  stored: Stored,
  wanted: readonly Wanted[],
  { maxPixels, background, timeLeft, ...options }: RenderOptions & { preview?: Size | undefined },
): Promise<{ made: Made; preview?: Pixels }> {
  const upright = uprightSize(stored);
  const items = planned(upright, wanted);
  const small = options.preview && plan(upright, { ...options.preview, fit: 'inside' }).scaled;
  const size = startingSize(upright, items, stored.format, small);
  const bases = [
    await decode(bytes, stored, size, {
      maxPixels,
      shrinksAtWill: shrinksAtWill(size, stored.format),
      timeLeft,
    }),
  ];
  const made: Made = [];
  for await (const { item, picture } of picturesOf(bases, items, background)) {
    const { wanted, plan, isReduced } = item;
    const origin = { ...(!isReduced && { quality: stored.quality }), hasPalette: stored.hasPalette };
    made.push([wanted, { ...plan.size, data: await encode(picture, wanted.format, wanted.variant, origin) }]);
  }
  return { made, ...(small && { preview: await resize(baseFor(small, bases), small) }) };
}

/** Each frame is made into every variant before the next one, and all are cut at the same place: where the first one says. */
async function renderAnimations(
  bytes: Uint8Array,
  stored: Stored,
  wanted: readonly Wanted[],
  { maxPixels, background }: RenderOptions,
): Promise<Made> {
  const items = planned(uprightSize(stored), wanted);
  const animation = await openAnimation(bytes, stored, maxPixels);
  const frames = new Map(items.map((item) => [item, [] as Pixels[]]));
  const foci: (Focus | undefined)[] = [];
  for await (const frame of animation.frames()) {
    for await (const { item, picture } of picturesOf([frame], items, background, foci)) {
      frames.get(item)?.push(picture);
    }
  }
  const made: Made = [];
  for (const [{ wanted, plan }, pictures] of frames) {
    const data = await encodeAnimation(pictures, wanted.format as 'gif' | 'webp', wanted.variant, animation);
    made.push([wanted, { ...plan.size, data }]);
  }
  return made;
}

function uprightSize({ orientation, width, height }: Stored): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
