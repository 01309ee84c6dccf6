import sharp, { type Sharp } from 'sharp';
import type { Size } from '../../../contract/image';

/** A decoded image: 8-bit sRGB or grey samples, with alpha if the source has it. */
export interface Pixels extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

export function from({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

export async function raw(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] };
}

export async function resize(pixels: Pixels, { width, height }: Size): Promise<Pixels> {
  if (pixels.width === width && pixels.height === height) return pixels;
  return raw(from(pixels).resize(width, height, { fit: 'fill' }));
}

/** Whether no pixel shows. */
export function isEmpty({ data, channels }: Pixels): boolean {
  if (channels === 1 || channels === 3) return false;
  for (let alpha = channels - 1; alpha < data.length; alpha += channels) if (data[alpha] !== 0) return false;
  return true;
}

/** Grey as red, green and blue. Alpha stays. */
export function toRgb(pixels: Pixels): Pixels {
  const { data, channels } = pixels;
  if (channels >= 3) return pixels;
  const rgb = Buffer.alloc((data.length / channels) * (channels + 2));
  for (let i = 0, o = 0; i < data.length; i += channels, o += channels + 2) {
    rgb.fill(data[i] as number, o, o + 3);
    if (channels === 2) rgb[o + 3] = data[i + 1] as number;
  }
  return { ...pixels, data: rgb, channels: (channels + 2) as 3 | 4 };
}
