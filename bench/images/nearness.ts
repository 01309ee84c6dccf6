import sharp from 'sharp';
import { type Grey, lanczos } from './lanczos';
import { thumbnails } from './ours';
import { psnr, ssim } from './quality';

export interface Nearness {
  psnr: number;
  ssim: number;
}

/** How near each variant, before it is encoded with loss, comes to one step of Lanczos from the whole picture. */
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

/** The luma of ITU-R BT.601, over white: linear in the values of a pixel, so that scaling and it can change places. */
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

/** Rounded and kept within 0 to 255, as any picture that is stored. */
const bytesOf = ({ data }: Grey) => new Uint8Array(new Uint8ClampedArray(data).buffer);
