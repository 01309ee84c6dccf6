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

/** About 120 characters; 80 takes 15 more, and what is eight pixels wide looks the same. */
const BLUR_QUALITY = 50;

/**
 * Makes the placeholders of a picture.
 *
 * @param picture the whole of it, upright and sRGB, within {@link PREVIEW}
 * @param background colour of a picture in which nothing shows
 */
export async function placeholdersOf(picture: Pixels, background: string): Promise<Placeholders> {
  // An ES module, and needed only where a setting asks for it.
  const { rgbaToThumbHash } = await import('thumbhash');
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
 * pixel counts as much as it shows: what is transparent has a colour too, mostly black, that nobody sees.
 *
 * @param rgba samples
 * @returns undefined if nothing shows
 */
function mostFrequent(rgba: Uint8Array): string | undefined {
  const shades = new Map<number, { weight: number; sum: [number, number, number] }>();
  let most: { weight: number; sum: [number, number, number] } | undefined;
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b, alpha] = rgba.subarray(i, i + 4) as unknown as [number, number, number, number];
    if (alpha === 0) continue;
    const key = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4);
    const shade = shades.get(key) ?? { weight: 0, sum: [0, 0, 0] };
    shades.set(key, shade);
    shade.weight += alpha;
    shade.sum[0] += r * alpha;
    shade.sum[1] += g * alpha;
    shade.sum[2] += b * alpha;
    if (shade.weight > (most?.weight ?? 0)) most = shade;
  }
  if (most === undefined) return undefined;
  const { weight, sum } = most;
  return `#${sum
    .map((total) =>
      Math.round(total / weight)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
