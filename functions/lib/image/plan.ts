import type { Size } from '../../../contract/image';
import type { Variant } from './presets';

export type { Size };

/** How to get from the upright image to a variant: scale it, then cut or pad it to the size it has in the end. */
export interface Plan {
  /** The whole image, scaled. */
  scaled: Size;
  /** What is kept or padded, centred; equal to `scaled` for `inside` and `fill`. */
  size: Size;
}

/**
 * Plans a variant of an image. Never enlarges.
 *
 * Sizes are computed from the original, not from an already reduced copy, so that they do not drift by a pixel.
 *
 * @param image pixels of the upright original
 */
export function plan(image: Size, variant: Pick<Variant, 'width' | 'height' | 'fit'>): Plan {
  const box = { width: variant.width ?? image.width, height: variant.height ?? image.height };
  const across = Math.min(1, box.width / image.width);
  const down = Math.min(1, box.height / image.height);
  // A side that is not given follows from the other: there is no box to cover, pad or stretch to.
  switch (variant.width && variant.height ? variant.fit : 'inside') {
    case 'inside': {
      const scaled = scale(image, Math.min(across, down));
      return { scaled, size: scaled };
    }
    case 'contain':
      return { scaled: scale(image, Math.min(across, down)), size: box };
    case 'cover': {
      const scaled = scale(image, Math.max(across, down));
      return { scaled, size: within(scaled, box) };
    }
    case 'fill': {
      const size = within(image, box);
      return { scaled: size, size };
    }
  }
}

function scale({ width, height }: Size, by: number): Size {
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

function within(one: Size, other: Size): Size {
  return { width: Math.min(one.width, other.width), height: Math.min(one.height, other.height) };
}
