/** How similar two pictures are. Both are grey values from 0 to 255, of the same size. */

/** Peak signal-to-noise ratio in dB; Infinity if they are equal. */
export function psnr(one: Uint8Array, other: Uint8Array): number {
  assertSame(one, other);
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += ((one[at] as number) - (other[at] as number)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / one.length));
}

/** Constants of Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity". */
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
const WINDOW = 8;

/** Mean structural similarity over 8 × 8 windows that overlap by half; 1 if the pictures are equal. */
export function ssim(one: Uint8Array, other: Uint8Array, width: number): number {
  assertSame(one, other);
  const height = one.length / width;
  let total = 0;
  let windows = 0;
  for (let top = 0; top + WINDOW <= height; top += WINDOW / 2) {
    for (let left = 0; left + WINDOW <= width; left += WINDOW / 2) {
      total += similarity(one, other, width, top, left);
      windows++;
    }
  }
  return total / windows;
}

function similarity(one: Uint8Array, other: Uint8Array, width: number, top: number, left: number): number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + WINDOW; y++) {
    for (let at = y * width + left; at < y * width + left + WINDOW; at++) {
      const [p, q] = [one[at] as number, other[at] as number];
      a += p;
      b += q;
      aa += p * p;
      bb += q * q;
      ab += p * q;
    }
  }
  const n = WINDOW ** 2;
  const [ma, mb] = [a / n, b / n];
  const [va, vb, cov] = [aa / n - ma * ma, bb / n - mb * mb, ab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}

function assertSame(one: Uint8Array, other: Uint8Array): void {
  if (one.length !== other.length) {
    throw new RangeError(
      `Expected two pictures of the same size but received ${one.length} and ${other.length} pixels`,
    );
  }
}
