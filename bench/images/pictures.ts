/**
 * Generated pictures that compress like photographs, about a fifth of a byte per pixel, and belong to no one. They are
 * noise at every scale, as nature has it.
 */
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

/** Grain size of each layer, in pixels. */
const OCTAVES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/**
 * The standard deviation of each layer, on a scale of 0 to 255. In natural images every octave varies equally (Field 1987,
 * "Relations between the statistics of natural images"), except for the two finest, which lens and sensor soften.
 */
const sigmaOf = (octave: number) => 12 * Math.min(1, octave / 4);

export type PictureName = (typeof SIZES)[number]['name'];

/** Writes the pictures with these names, or all of them, to `folder`. */
export async function makePictures(folder: string, names?: PictureName[]): Promise<Picture[]> {
  await mkdir(folder, { recursive: true });
  const pictures: Picture[] = [];
  for (const { name, width, height, format } of SIZES) {
    if (names && !names.includes(name)) continue;
    const file = path.join(folder, `${name}.${format}`);
    const image = sharp(await landscape(width, height), { raw: { width, height, channels: 3 } });
    await writeFile(file, await image.toFormat(format, format === 'png' ? {} : { quality: 85 }).toBuffer());
    pictures.push({ name, file, megapixels: (width * height) / 1e6 });
  }
  return pictures;
}

async function landscape(width: number, height: number): Promise<Buffer> {
  const sums = new Int16Array(width * height * 3);
  for (const octave of OCTAVES) {
    const [w, h] = [Math.ceil(width / octave), Math.ceil(height / octave)];
    const noise = { type: 'gaussian' as const, mean: 128, sigma: sigmaOf(octave) };
    const coarse = await sharp({ create: { width: w, height: h, channels: 3, background: '#000', noise } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const layer = await sharp(coarse).resize(width, height, { fit: 'fill' }).raw().toBuffer();
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (layer[at] as number) - 128;
  }
  const pixels = new Uint8ClampedArray(sums.length);
  for (let at = 0; at < sums.length; at++) pixels[at] = 128 + (sums[at] as number);
  return Buffer.from(pixels.buffer);
}
