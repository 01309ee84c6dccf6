/** Pictures that compress like photographs, without anyone's copyright: noise at every scale, as nature has it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

export interface Picture {
  name: string;
  file: string;
  megapixels: number;
}

/** Sizes of common cameras. */
const SIZES = [
  { name: 'jpeg-2mp', width: 1920, height: 1080, format: 'jpeg' },
  { name: 'jpeg-12mp', width: 4000, height: 3000, format: 'jpeg' },
  { name: 'jpeg-24mp', width: 6000, height: 4000, format: 'jpeg' },
  { name: 'jpeg-48mp', width: 8000, height: 6000, format: 'jpeg' },
  { name: 'png-12mp', width: 4000, height: 3000, format: 'png' },
  { name: 'webp-12mp', width: 4000, height: 3000, format: 'webp' },
] as const;

/** Each octave is half as fine as the one before. */
const OCTAVES = [1, 2, 4, 8, 16, 32];

export type PictureName = (typeof SIZES)[number]['name'];

/** @returns the pictures of these names, or all, written to `folder` */
export async function makePictures(folder: string, names?: PictureName[]): Promise<Picture[]> {
  await mkdir(folder, { recursive: true });
  const pictures: Picture[] = [];
  for (const { name, width, height, format } of SIZES) {
    if (names && !names.includes(name)) continue;
    const file = path.join(folder, `${name}.${format}`);
    const image = sharp(await landscape(width, height), { raw: { width, height, channels: 3 } });
    await writeFile(file, await image.toFormat(format, { quality: 85 }).toBuffer());
    pictures.push({ name, file, megapixels: (width * height) / 1e6 });
  }
  return pictures;
}

async function landscape(width: number, height: number): Promise<Buffer> {
  const layers = await Promise.all(
    OCTAVES.map(async (octave) => {
      const [w, h] = [Math.ceil(width / octave), Math.ceil(height / octave)];
      const noise = { type: 'gaussian' as const, mean: 128, sigma: 6 + 2 * octave };
      const coarse = await sharp({ create: { width: w, height: h, channels: 3, background: '#000', noise } })
        .png({ compressionLevel: 0 })
        .toBuffer();
      return sharp(coarse).resize(width, height, { fit: 'fill' }).raw().toBuffer();
    }),
  );
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at++) {
    const sum = layers.reduce((total, layer) => total + (layer[at] as number) - 128, 0);
    pixels[at] = Math.max(0, Math.min(255, 128 + sum));
  }
  return pixels;
}
