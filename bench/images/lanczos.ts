/**
 * Scales a picture to any size in one step of Lanczos. Thumbnails are compared with this. Fast libraries only approximate
 * it: libvips first averages pixels down to twice the target size, and Pillow may do the same.
 */

/** Grey values from 0 to 255, row by row. */
export interface Grey {
  data: Float32Array;
  width: number;
  height: number;
}

/** Lobes on each side of the kernel, as in the `lanczos3` of sharp and Pillow. */
const LOBES = 3;

/** @param width @param height at most those of the picture */
export function lanczos(picture: Grey, width: number, height: number): Grey {
  return transposed(narrowed(transposed(narrowed(picture, width)), height));
}

/** Scales the rows. */
function narrowed({ data, width: from, height }: Grey, width: number): Grey {
  const result = new Float32Array(width * height);
  const taps = Array.from({ length: width }, (_, x) => tapsOf(x, from, width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[x] as Taps;
      let sum = 0;
      const start = y * from + first;
      for (let n = 0; n < weights.length; n++) sum += (weights[n] as number) * (data[start + n] as number);
      result[y * width + x] = sum;
    }
  }
  return { data: result, width, height };
}

interface Taps {
  /** The pixel that the first weight belongs to. */
  first: number;
  /** Their sum is 1. */
  weights: Float32Array;
}

function tapsOf(x: number, from: number, to: number): Taps {
  const scale = from / to;
  const centre = (x + 0.5) * scale;
  const first = Math.max(0, Math.floor(centre - LOBES * scale));
  const last = Math.min(from, Math.ceil(centre + LOBES * scale));
  const weights = Float32Array.from({ length: last - first }, (_, n) =>
    kernel((first + n + 0.5 - centre) / scale),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { first, weights: weights.map((weight) => weight / sum) };
}

function kernel(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const angle = Math.PI * x;
  return (LOBES * Math.sin(angle) * Math.sin(angle / LOBES)) / angle ** 2;
}

function transposed({ data, width, height }: Grey): Grey {
  const result = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) result[x * height + y] = data[y * width + x] as number;
  }
  return { data: result, width: height, height: width };
}
