/** Decodes the frames of an animation, each as a viewer sees it. */
import sharp, { type SharpOptions } from 'sharp';
import { withoutMetadata } from '../prescan';
import { orient, type Stored } from './decode';
import { asWorkflowError } from './decoder-text';
import { from, type Pixels, raw } from './pixels';

/** Pixels that are decoded at once, which bounds the memory. The decoders begin anew each time, so not fewer. */
const AT_ONCE = 32_000_000;

/** libvips takes pictures of at most ten million rows, and all frames are one picture to it. */
const ROWS_AT_ONCE = 1_000_000;

/** sharp takes no longer delay, and no greater number of repetitions. GIF and WebP can state both. */
const MOST_TIMING = 65_535;

/** How an animation is timed. */
export interface Timing {
  /** Milliseconds that each frame is shown: at most 65,535. */
  delay: number[];
  /** How often it is shown, at most 65,535 times; 0 for ever. */
  loop: number;
}

export interface Animation extends Timing {
  /** Upright sRGB of the size that the scan found, with what earlier frames left behind. */
  frames(): AsyncGenerator<Pixels>;
}

/**
 * @param bytes the whole file, which `stored` was scanned from
 * @throws CorruptImage when the bytes cannot be decoded; `frames` throws it too
 */
export async function openAnimation(
  bytes: Uint8Array,
  stored: Stored,
  maxPixels: number,
): Promise<Animation> {
  const cut = withoutMetadata(bytes, stored.format, 'all');
  const failOn = 'error';
  const limitInputPixels = Math.max(maxPixels, AT_ONCE);
  // Reads no pixel, and would count those of all frames.
  const whole = sharp(cut, { failOn, limitInputPixels: false, animated: true });
  const { pages = 1, delay = [], loop = 0 } = await decoding(whole.metadata());
  const rows = Math.floor(ROWS_AT_ONCE / stored.height);
  const atOnce = Math.max(1, Math.min(rows, Math.floor(AT_ONCE / (stored.width * stored.height))));

  async function* frames(): AsyncGenerator<Pixels> {
    for (let page = 0; page < pages; page += atOnce) {
      const some: SharpOptions = { failOn, limitInputPixels, page, pages: Math.min(atOnce, pages - page) };
      const image = sharp(cut, some).toColourspace('srgb').raw({ depth: 'uchar' });
      const { data, info } = await decoding(image.toBuffer({ resolveWithObject: true }));
      const { width, channels, pageHeight: height = info.height } = info;
      const bytes = width * height * channels;
      for (let start = 0; start < data.length; start += bytes) {
        const frame = {
          data: data.subarray(start, start + bytes),
          width,
          height,
          channels: channels as 3 | 4,
        };
        yield orient(await onCanvas(frame, stored), stored);
      }
    }
  }
  return {
    delay: Array.from({ length: pages }, (_, n) => Math.min(delay[n] ?? 100, MOST_TIMING)),
    loop: Math.min(loop, MOST_TIMING),
    frames,
  };
}

/** The decoder goes by the first frame where the screen of a GIF has no size; the scan by the first one that shows something. */
async function onCanvas(frame: Pixels, { width, height }: Stored): Promise<Pixels> {
  if (frame.width === width && frame.height === height) return frame;
  const [w, h] = [Math.min(frame.width, width), Math.min(frame.height, height)];
  const shown = await raw(from(frame).extract({ left: 0, top: 0, width: w, height: h }).ensureAlpha());
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  return raw(from(shown).extend({ right: width - w, bottom: height - h, background }));
}

async function decoding<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw asWorkflowError(error as Error);
  }
}
