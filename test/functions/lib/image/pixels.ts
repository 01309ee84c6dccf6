/** Looks at a rendered thumbnail as a viewer would: decoded, as 8-bit sRGB. */

import type { OutputFormat } from '../../../../contract/formats';
import type { Variant } from '../../../../functions/lib/image/presets';
import { type Rendered, render } from '../../../../functions/lib/image/render';
import { scan } from '../../../../functions/lib/prescan';
import type { Corner, Format } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { variantOf } from '../../support';

export interface Decoded {
  width: number;
  height: number;
  channels: number;
  data: Buffer;
}

export async function decoded(image: Uint8Array): Promise<Decoded> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** The pixel at a fraction of width and height, with all of its channels. */
export function at({ data, width, height, channels }: Decoded, across: number, down: number): number[] {
  const offset = (Math.floor(down * height) * width + Math.floor(across * width)) * channels;
  return [...data.subarray(offset, offset + channels)];
}

/** The colour at the centre of each quadrant. */
export async function corners(image: Uint8Array): Promise<Record<Corner, number[]>> {
  const pixels = await decoded(image);
  return {
    topLeft: at(pixels, 0.25, 0.25),
    topRight: at(pixels, 0.75, 0.25),
    bottomLeft: at(pixels, 0.25, 0.75),
    bottomRight: at(pixels, 0.75, 0.75),
  };
}

/** The greatest difference in any channel of any corner. A missing alpha channel counts as opaque. */
export function difference(
  one: Record<Corner, readonly number[]>,
  other: Record<Corner, readonly number[]>,
): number {
  const channel = (colour: readonly number[], n: number) => colour[n] ?? 255;
  return Math.max(
    ...(Object.keys(one) as Corner[]).flatMap((corner) =>
      [0, 1, 2, 3].map((n) => Math.abs(channel(one[corner], n) - channel(other[corner], n))),
    ),
  );
}

/** Root mean square of the differences in all channels of all pixels. */
export function rms(one: Decoded, other: Decoded): number {
  if (one.data.length !== other.data.length) throw new Error('Expected two images of one size');
  const sum = one.data.reduce((total, value, n) => total + (value - (other.data[n] as number)) ** 2, 0);
  return Math.sqrt(sum / one.data.length);
}

export const OPTIONS = { maxPixels: 50_000_000, background: '#ffffff' };

/** A variant with its final format. */
export type Making = Partial<Omit<Variant, 'format'>> & { format: OutputFormat };

/** Renders as Thumbnail does: the scan gives size and orientation, and metadata is cut before decoding. */
export async function thumbnails(
  bytes: Uint8Array,
  variants: Making[],
  options = OPTIONS,
): Promise<Rendered[]> {
  const found = scan(bytes, { whole: true });
  if (found.kind !== 'image') throw new Error(`Expected an image but received ${JSON.stringify(found)}`);
  const wanted = variants.map(({ format, ...variant }) => ({
    variant: variantOf(variant),
    format,
    ...(variant.animated && { animated: true as const }),
  }));
  return render(bytes, found, wanted, options);
}

export async function thumbnail(bytes: Uint8Array, variant: Making, options = OPTIONS): Promise<Buffer> {
  const [made] = await thumbnails(bytes, [variant], options);
  return (made as Rendered).data;
}

/** The formats that {@link picture} can have. HEIC has tests of its own. */
export const INPUTS: Format[] = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'];
export const OUTPUTS: OutputFormat[] = ['jpeg', 'png', 'webp', 'avif', 'gif'];
