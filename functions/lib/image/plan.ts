import type { Size } from '../../../contract/image';
import type { Variant } from './presets';

export type { Size };

/** How to get from the upright image to a variant: scale it, then cut or pad it to the size it has in the end. */
export interface Plan {
  /** The whole image, scaled. */
  scaled: Size;
  /** What is kept or padded; equal to `scaled` for `inside` and `fill`. */
  size: Size;
}

/**
 * Plans a variant of an image. What each fit promises:
 *
 * - `inside`: the whole image, its shape kept, within the box.
 * - `cover`: the shape of the box, filled by a part of the image: the middle, or what `position` says.
 * - `contain`: exactly the box, with the whole image in its middle.
 * - `fill`: the whole image, stretched so that each side is at most that of the box.
 *
 * Nothing is enlarged unless the variant says so; then `cover` and `fill` make exactly the box as well. Sizes are computed
 * from the original, not from an already reduced copy, so that they do not drift by a pixel.
 *
 * @param image pixels of the upright original
 */
export function plan(image: Size, variant: Pick<Variant, 'width' | 'height' | 'fit' | 'enlarge'>): Plan {
  const most = variant.enlarge ? Number.POSITIVE_INFINITY : 1;
  const box = { width: variant.width ?? image.width, height: variant.height ?? image.height };
  const across = box.width / image.width;
  const down = box.height / image.height;
  // A side that is not given follows from the other: there is no box to cover, pad or stretch to.
  switch (variant.width && variant.height ? variant.fit : 'inside') {
    case 'inside': {
      const scaled = scale(image, Math.min(most, across, down));
      return { scaled, size: scaled };
    }
    case 'contain':
      return { scaled: scale(image, Math.min(most, across, down)), size: box };
    case 'cover': {
      const scaled = scale(image, Math.min(most, Math.max(across, down)));
      const part = Math.min(1, scaled.width / box.width, scaled.height / box.height);
      return { scaled, size: within(scale(box, part), scaled) };
    }
    case 'fill': {
      const size = variant.enlarge ? box : within(image, box);
      return { scaled: size, size };
    }
  }
}

export function scale({ width, height }: Size, by: number): Size {
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

export function within(one: Size, other: Size): Size {
  return { width: Math.min(one.width, other.width), height: Math.min(one.height, other.height) };
}
