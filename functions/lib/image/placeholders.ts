import type { Placeholders } from '../../../contract/details';
import { from, type Pixels, raw } from './pixels';
import type { Size } from './plan';

/**
 * The box of the picture that placeholders are made of. A ThumbHash is made of at most 100 × 100; from 64 it is the same within
 * the rounding of its last digits, in a third of the time.
 */
export const PREVIEW: Size = { width: 64, height: 64 };

/** Pixels of the longer side of `blurDataURL`: nextjs.org/docs/app/api-reference/components/image says 10 or less. */
const BLUR_SIDE = 8;

/** Photographs take 115 to 143 characters; 80 takes 15 more, for colours that are nearer by less than can be seen. */
const BLUR_QUALITY = 60;

/** It is an ES module. */
const load = () => import('thumbhash');

/** Loaded once, and only where a setting asks for it. */
let library: ReturnType<typeof load> | undefined;

/**
 * Makes the placeholders of a picture.
 *
 * @param picture the whole of it, upright and sRGB, within {@link PREVIEW}
 * @param background colour of a picture in which nothing shows
 */
export async function placeholdersOf(picture: Pixels, background: string): Promise<Placeholders> {
  library ??= load();
  const { rgbaToThumbHash } = await library;
  const { data, width, height } = await raw(from(picture).toColourspace('srgb').ensureAlpha());
  const blur = await from(picture)
    .resize(BLUR_SIDE, BLUR_SIDE, { fit: 'inside' })
    .webp({ quality: BLUR_QUALITY })
    .toBuffer();
  return {
    thumbhash: Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64'),
    blurDataURL: `data:image/webp;base64,${blur.toString('base64')}`,
    color: mostFrequent(data) ?? background.toLowerCase(),
  };
}

/**
 * The mean of the most frequent of 4,096 shades, 16 for each channel, so that noise doesn't split a surface into many. A
 * pixel counts as much as it shows: a transparent pixel has a colour too, mostly black, which is invisible.
 *
 * @param rgba samples
 * @returns undefined if nothing shows
 */
function mostFrequent(rgba: Uint8Array): string | undefined {
  // Of each shade its weight, and its red, green and blue times their weights.
  const sums = new Float64Array(4 * 4_096);
  let most = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] as number;
    const shade = 4 * shadeAt(rgba, i);
    sums[shade]! += alpha;
    for (let c = 0; c < 3; c++) sums[shade + 1 + c]! += alpha * (rgba[i + c] as number);
    if (sums[shade]! > sums[most]!) most = shade;
  }
  const [weight = 0, ...colour] = sums.subarray(most, most + 4);
  if (weight === 0) return undefined;
  return `#${colour
    .map((sum) =>
      Math.round(sum / weight)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** The four upper bits of red, green and blue. */
function shadeAt(rgba: Uint8Array, at: number): number {
  return (
    (((rgba[at] as number) >> 4) << 8) |
    (((rgba[at + 1] as number) >> 4) << 4) |
    ((rgba[at + 2] as number) >> 4)
  );
}
