import sharp from 'sharp';
import type { OutputFormat } from '../../../contract/formats';
import type { Timing } from './frames';
import { type Content, contentOf, isFlat } from './graphic';
import { palettePng } from './palette-png';
import { from, type Pixels } from './pixels';
import { withoutChunk } from './stamp';

/**
 * Quality where a variant names none: about equal to the eye. The scales of the encoders differ: AVIF at 80 is better than
 * JPEG at 80, and larger (docs/performance.md).
 */
const QUALITY: Record<'jpeg' | 'webp' | 'avif', number> = { jpeg: 80, webp: 80, avif: 65 };

/** Pixels from which a progressive JPEG, with tables made for it, pays: 10 % fewer bytes for 6 ms at 800 px. */
const PROGRESSIVE_PIXELS = 256 * 256;

export interface Encoding {
  /** 1 to 100; PNG and GIF have none. Without it the format's own. */
  quality?: number | undefined;
  /** Whether WebP and AVIF keep every sample. PNG always does, unless its source has a palette. */
  lossless?: boolean | undefined;
  /** Whether JPEG and PNG show a coarse picture first. Large JPEGs do in any case, since that takes fewer bytes. */
  progressive?: boolean | undefined;
}

/** What the source says of how well it has to be encoded. */
export interface Origin {
  /** Of a JPEG that is not scaled: a better quality would only add bytes. */
  quality?: number | undefined;
  /** Whether its author chose a palette. */
  hasPalette?: boolean | undefined;
}

/**
 * Encodes pixels that are as they shall be. The efforts below the codecs' defaults give files 0 to 10 % larger in a half
 * (WebP) to a seventh (AVIF) of the time: bench/ shows it.
 */
export async function encode(
  pixels: Pixels,
  format: OutputFormat,
  encoding: Encoding,
  origin: Origin = {},
): Promise<Buffer> {
  switch (format) {
    case 'jpeg':
      return jpeg(pixels, encoding, origin);
    case 'png':
      return png(pixels, encoding, origin);
    case 'webp':
      return webp(pixels, encoding, origin);
    case 'avif':
      return from(pixels)
        .avif({ quality: encoding.quality ?? QUALITY.avif, effort: 2, lossless: encoding.lossless ?? false })
        .toBuffer();
    case 'gif':
      return from(pixels).gif({ effort: 3 }).toBuffer();
  }
}

/**
 * Encodes an animation. A frame that equals the one before is left out, and that one is shown for longer. WebP shows a frame
 * of 10 ms or less for 100 ms, as browsers do with a GIF.
 *
 * @param frames of the same size, with the same channels
 * @param timing of all frames
 */
export async function encodeAnimation(
  frames: readonly Pixels[],
  format: 'gif' | 'webp',
  { quality = QUALITY.webp, lossless }: Encoding,
  { delay, loop }: Timing,
): Promise<Buffer> {
  const [{ width, height, channels }] = frames as [Pixels];
  const strip = { width, height: height * frames.length, channels };
  const data = Buffer.concat(frames.map((frame) => frame.data));
  const image = () => sharp(data, { raw: { ...strip, pageHeight: height } });
  const timing = { delay: delay.slice(0, frames.length), loop };
  // Another frame takes twice the time of a still at effort 4, for 2 % fewer bytes.
  const effort = 2;
  if (format === 'gif')
    return image()
      .gif({ ...timing, effort: 3 })
      .toBuffer();
  const exact = () =>
    image()
      .webp({ ...timing, effort, lossless: true })
      .toBuffer();
  if (lossless) return exact();
  const lossy = await image()
    .webp({ ...timing, effort, quality })
    .toBuffer();
  return isFlat({ ...strip, data }) ? smallest([lossy, await exact()]) : lossy;
}

function jpeg(pixels: Pixels, { quality, progressive }: Encoding, origin: Origin): Promise<Buffer> {
  const wanted = quality ?? QUALITY.jpeg;
  const isCapped = capped(wanted, origin) < wanted;
  const isLarge = pixels.width * pixels.height > PROGRESSIVE_PIXELS;
  return from(pixels)
    .jpeg({
      quality: capped(wanted, origin),
      progressive: progressive ?? (isLarge && !isCapped),
      optimiseCoding: true,
      trellisQuantisation: false,
      // Where the source is the measure, by the table that its quality was told by.
      quantisationTable: isCapped ? 0 : 3,
      // Colour at half the resolution blurs coloured letters and lines.
      chromaSubsampling: !isCapped && isFlat(pixels) ? '4:4:4' : '4:2:0',
    })
    .toBuffer();
}

/** Bytes beyond those of the source bring nothing back. */
function capped(quality: number, origin: Origin): number {
  return Math.min(quality, origin.quality ?? 100);
}

/** A picture of few colours: lossless is often smaller than lossy, and never worse. */
async function webp(pixels: Pixels, { quality, lossless }: Encoding, origin: Origin): Promise<Buffer> {
  const exact = () => from(pixels).webp({ lossless: true, effort: 4 }).toBuffer();
  if (lossless) return exact();
  const lossy = () =>
    from(pixels)
      .webp({ quality: capped(quality ?? QUALITY.webp, origin), effort: 4 })
      .toBuffer();
  return isFlat(pixels) ? smallest([await lossy(), await exact()]) : lossy();
}

async function png(pixels: Pixels, { progressive = false }: Encoding, origin: Origin): Promise<Buffer> {
  const content = contentOf(pixels);
  const candidates: Buffer[] = [];
  if (content.palette && !progressive) candidates.push(palettePng(pixels, content.palette));
  else candidates.push(...(await truecolour(pixels, content, progressive)));
  if (origin.hasPalette && !content.palette) {
    candidates.push(
      await from(pixels).png({ palette: true, quality: 100, effort: 10, progressive }).toBuffer(),
    );
  }
  return withoutChunk(smallest(candidates), 'pHYs');
}

/** Adaptive filters suit photographs, none at all flat areas: a flat picture is tried with both. */
async function truecolour(pixels: Pixels, content: Content, progressive: boolean): Promise<Buffer[]> {
  let image = from(pixels);
  if (content.isOpaque && pixels.channels % 2 === 0) image = image.removeAlpha();
  if (content.isGrey && pixels.channels > 2) image = image.toColourspace('b-w');
  const options = [{ compressionLevel: 6, adaptiveFiltering: true }];
  if (isFlat(pixels)) options.push({ compressionLevel: 9, adaptiveFiltering: false });
  return Promise.all(
    options.map((one) =>
      image
        .clone()
        .png({ ...one, progressive })
        .toBuffer(),
    ),
  );
}

function smallest(candidates: readonly Buffer[]): Buffer {
  return candidates.reduce((one, other) => (other.length < one.length ? other : one));
}
