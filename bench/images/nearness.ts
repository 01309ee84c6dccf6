import sharp from 'sharp';
import { type Grey, lanczos } from './lanczos';
import { thumbnails } from './ours';
import { psnr, ssim } from './quality';

export interface Nearness {
  psnr: number;
  ssim: number;
}

/** How close each variant, before lossy encoding, comes to the whole picture scaled by one step of Lanczos. */
export async function nearnessOf(bytes: Buffer, sides: number[]): Promise<Nearness[]> {
  const whole = await greyOf(sharp(bytes).autoOrient().toColourspace('srgb'));
  const made = await thumbnails(bytes, sides, 'png');
  return Promise.all(
    made.map(async ({ data }) => {
      const one = await greyOf(sharp(data));
      const other = lanczos(whole, one.width, one.height);
      return {
        psnr: psnr(bytesOf(one), bytesOf(other)),
        ssim: ssim(bytesOf(one), bytesOf(other), one.width),
      };
    }),
  );
}

/**
 * Luma as in ITU-R BT.601, over white. It is linear in the pixel values, so it doesn't matter whether it comes before or
 * after scaling.
 */
async function greyOf(image: sharp.Sharp): Promise<Grey> {
  const { data, info } = await image
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const grey = new Float32Array(width * height);
  for (let at = 0; at < grey.length; at++) {
    const pixel = at * channels;
    const colour = (n: number) => data[pixel + Math.min(n, channels - 1)] as number;
    grey[at] = 0.299 * colour(0) + 0.587 * colour(1) + 0.114 * colour(2);
  }
  return { data: grey, width, height };
}

/** Rounded and clamped to 0 to 255, as in any stored picture. */
const bytesOf = ({ data }: Grey) => new Uint8Array(new Uint8ClampedArray(data).buffer);
