import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { UnsupportedFormat } from '../../../contract/errors';
import type { InputFormat } from '../../../contract/formats';
import type { Size } from '../../../contract/image';
import { type ImageScan, withoutMetadata } from '../prescan';
import { BT_709, type Colours, DISPLAY_P3 } from '../prescan/colours';
import { greyToSrgb, naiveRgb, toSrgb } from './colour';
import { asWorkflowError, isHarmless } from './decoder-text';
import { greyCurve, type ToneCurve } from './grey-profile';
import { heicAsPng } from './heic-as-png';
import { from, isEmpty, type Pixels, raw } from './pixels';

/** An image as its file states it. */
export type Stored = Pick<ImageScan, 'format' | 'width' | 'height' | 'orientation'> &
  Partial<
    Pick<
      ImageScan,
      'colours' | 'frames' | 'quality' | 'hasPalette' | 'coded' | 'profile' | 'preview' | 'bytesPerPixel'
    >
  >;

/** The decoders sharp may use, by format; every other one stays blocked. */
const LOADERS: Record<InputFormat, string> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
  // sharp gets what the decoder of HEIC has made of it.
  heic: 'VipsForeignLoadPngBuffer',
};

/** Sets sharp up once for a process: only the loaders of accepted formats, no cache, one thread. */
export function configureSharp(accepted: readonly InputFormat[]): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: accepted.map((format) => LOADERS[format]) });
  sharp.cache(false);
  sharp.concurrency(1);
}

export interface DecodeOptions {
  maxPixels: number;
  /** Whether the decoder may shrink by as much as it can. */
  shrinksAtWill: boolean;
  /** Milliseconds until the function is ended; absent if it never is. */
  timeLeft?: (() => number) | undefined;
}

/** Frames of a WebP that are decoded in search of one that shows something. */
const MOST_EMPTY = 16;

/**
 * Decodes an image to a size: upright, sRGB. The decoder shrinks while it loads.
 *
 * @param size of the upright picture, at most its own
 * @throws CorruptImage when the bytes cannot be decoded, or not to the last row
 * @throws UnsupportedFormat when they have more channels than colours and alpha, as a TIFF may
 * @throws ImageTooLarge or SuspiciousImage when a HEIC takes more time or memory than it may
 */
export async function decode(
  bytes: Uint8Array,
  stored: Stored,
  size: Size,
  options: DecodeOptions,
): Promise<Pixels> {
  if (stored.format === 'heic') {
    const png = await heicAsPng(bytes, stored, size, options.timeLeft);
    return decodeFrame(png, { ...stored, format: 'png' }, size, options);
  }
  const frames = stored.format === 'webp' ? Math.min(stored.frames ?? 1, MOST_EMPTY) : 1;
  let first: Pixels | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const cut = withoutMetadata(bytes, stored.format, frame);
    const pixels = await decodeFrame(cut, stored, size, options);
    if (frames === 1 || !isEmpty(pixels)) return orient(pixels, stored);
    first ??= pixels;
  }
  return orient(first as Pixels, stored);
}

async function decodeFrame(
  bytes: Uint8Array,
  stored: Stored,
  upright: Size,
  { maxPixels, shrinksAtWill }: DecodeOptions,
): Promise<Pixels> {
  const [width, height] =
    stored.orientation >= 5 ? [upright.height, upright.width] : [upright.width, upright.height];
  const attempt = async (failOn: SharpOptions['failOn']): Promise<Pixels> => {
    const options = {
      limitInputPixels: maxPixels,
      failOn,
      pages: 1,
      ignoreIcc: stored.colours !== undefined,
    };
    const read = await reader(bytes, stored, options);
    // Nothing may stand before the resize: the decoder could no longer shrink while it loads, at 2 to 5 times the cost.
    const image = sharp(bytes, options).resize(width, height, {
      fit: 'fill',
      fastShrinkOnLoad: shrinksAtWill,
    });
    return read(image);
  };
  try {
    if (stored.format !== 'jpeg') return await attempt('error');
    // libjpeg fills up what is missing with grey and only warns of it.
    return await attempt('warning').catch((error: Error) => {
      if (!isHarmless(error)) throw error;
      return attempt('error');
    });
  } catch (error) {
    throw asWorkflowError(error as Error);
  }
}

/** How to read 8-bit sRGB out of an image of this kind. */
async function reader(
  bytes: Uint8Array,
  { colours, format }: Stored,
  options: SharpOptions,
): Promise<(image: Sharp) => Promise<Pixels>> {
  const { space, depth, hasProfile, icc } = await sharp(bytes, options).metadata();
  const isDeep = depth === 'ushort';
  if (space === 'cmyk' && !hasProfile) {
    return async (image) => {
      const read = await samples(
        image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' }),
      );
      return { ...read, ...naiveRgb(read.data, read.channels) };
    };
  }
  if (colours) return (image) => convert(image, isDeep, () => colours);
  if (space === 'grey16' && icc) {
    const curve = greyCurve(icc);
    return (image) => (curve ? convertGrey(image, curve) : convertGreyWith8Bits(image, format));
  }
  if (isDeep && space === 'rgb16' && hasProfile) {
    return (image) => {
      let isValid = true;
      image.on('warning', (text: string) => {
        if (text.includes('profile')) isValid = false;
      });
      return convert(image, true, () => (isValid ? PROFILE_OF_16_BITS : SRGB));
    };
  }
  return async (image) => {
    const read = await samples(image.toColourspace('srgb').raw({ depth: 'uchar' }));
    return { ...read, channels: asChannels(read.channels) };
  };
}

/** sharp converts 16 bits with a profile to these, and an invalid profile is left out. */
const PROFILE_OF_16_BITS: Colours = { transfer: 'srgb', primaries: DISPLAY_P3 };
const SRGB: Colours = { transfer: 'srgb', primaries: BT_709 };

async function convert(image: Sharp, isDeep: boolean, colours: () => Colours): Promise<Pixels> {
  const encoded = isDeep
    ? image.toColourspace('rgb16').raw({ depth: 'ushort' })
    : image.toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, ...read } = await samples(encoded);
  const channels = asChannels(read.channels) as 3 | 4;
  const values = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return { ...read, channels, data: toSrgb({ data: values, channels }, colours()) };
}

/** sharp 0.35.5 applies the profile of a grey picture of 8 bits, and passes over one of 16 bits. */
async function convertGrey(image: Sharp, curve: ToneCurve): Promise<Pixels> {
  const { data, ...read } = await samples(image.toColourspace('grey16').raw({ depth: 'ushort' }));
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const channels = asChannels(read.channels);
  return { ...read, channels, data: greyToSrgb(values, channels, curve) };
}

/**
 * For a profile that is more than a curve: the scaled picture is written with 8 bits and its profile, in its own format,
 * since the decoders of others may be blocked, and read again.
 */
async function convertGreyWith8Bits(image: Sharp, format: InputFormat): Promise<Pixels> {
  const grey = image.toColourspace('b-w').keepIccProfile();
  const bytes = await (format === 'tiff'
    ? grey.tiff({ compression: 'none' })
    : grey.png({ compressionLevel: 0 })
  ).toBuffer();
  const read = await samples(sharp(bytes).toColourspace('srgb').raw({ depth: 'uchar' }));
  return { ...read, channels: asChannels(read.channels) };
}

async function samples(image: Sharp) {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as number };
}

function asChannels(channels: number): Pixels['channels'] {
  if (channels <= 4) return channels as Pixels['channels'];
  throw new UnsupportedFormat(
    `The image has ${channels} channels; at most 4 are supported, three colours and alpha. ` +
      'Flatten the image and upload it again.',
  );
}

/** Turns pixels stored with an EXIF orientation upright. sharp mirrors before it rotates. */
export async function orient(pixels: Pixels, { orientation }: { orientation: number }): Promise<Pixels> {
  if (orientation === 1) return pixels;
  const mirrored = [2, 4, 5, 7].includes(orientation);
  const turn = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270 }[orientation] as number;
  return raw(from(pixels).flop(mirrored).rotate(turn));
}
