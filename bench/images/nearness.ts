import sharp from 'sharp';
import { thumbnails } from './ours';
import { psnr, ssim } from './quality';

/** How near each variant, before it is encoded with loss, comes to one step of Lanczos from the whole picture. */
export async function nearnessOf(bytes: Buffer, sides: number[]): Promise<{ psnr: number; ssim: number }[]> {
  const { data, info } = await sharp(bytes).autoOrient().toColourspace('srgb').raw().toBuffer({
    resolveWithObject: true,
  });
  const { width, height, channels } = info;
  const whole = () => sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return Promise.all(
    (await thumbnails(bytes, sides, 'png')).map(async (made) => {
      const grey = (image: sharp.Sharp) => image.flatten().greyscale().raw().toBuffer();
      const one = await grey(sharp(made.data));
      const other = await grey(whole().resize(made.width, made.height, { fit: 'fill', kernel: 'lanczos3' }));
      return { psnr: psnr(one, other), ssim: ssim(one, other, made.width) };
    }),
  );
}
