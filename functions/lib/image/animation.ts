/** Which thumbnails move, and how much work that may take. */
import type { InputFormat, OutputFormat } from '../../../contract/formats';
import type { Image, Size } from '../../../contract/image';
import { grouped } from '../prescan/result';
import { plan } from './plan';
import type { Variant } from './presets';

/** Input formats whose animations are read. The default image of an animated PNG is its still. */
const MOVING_INPUT: readonly InputFormat[] = ['gif', 'webp'];

/** Formats that a thumbnail can move in. */
const MOVING_OUTPUT: readonly OutputFormat[] = ['gif', 'webp'];

/** libvips takes pictures of ten million rows, and an animation is one to it. */
const MAX_FRAMES = 1_000;

/**
 * How much more a pixel of a thumbnail counts than one of the original. A GIF is encoded at 1.5 megapixels per second and a
 * lossy WebP at 7; decoded and scaled, a WebP is at 10, a GIF at 20 (Intel Xeon at 2.5 GHz).
 */
const ENCODING = 6;

/** Pixels that could be decoded in the 3 ms that a picture takes however small it is. */
const EACH = 50_000;

/** What is known of an image before it is decoded. */
export type Moving = Pick<Image, 'format' | 'frames' | 'width' | 'height'>;

/** Whether this thumbnail of this image would move if the work is not too much. */
export function wouldMove(variant: Variant, format: OutputFormat, image: Moving): boolean {
  return (
    variant.animated === true &&
    MOVING_OUTPUT.includes(format) &&
    MOVING_INPUT.includes(image.format) &&
    image.frames > 1
  );
}

/**
 * Decides whether an animation may be worked on. It counts pixels of all frames: those of the original once, those of the
 * thumbnails {@link ENCODING} times, and {@link EACH} for each picture.
 *
 * @param variants that would move
 * @param most the setting `limits.animatedPixels`
 * @returns why the thumbnails are stills; undefined if they move
 */
export function whyStill(image: Moving, variants: readonly Variant[], most: number): string | undefined {
  const { frames } = image;
  if (frames > MAX_FRAMES) {
    return `shows one frame of ${grouped(frames)}, because animations of at most ${grouped(MAX_FRAMES)} are kept`;
  }
  const made = variants.map((variant) => EACH + ENCODING * area(plan(image, variant).size));
  const work = frames * made.reduce((sum, one) => sum + one, EACH + area(image));
  if (work <= most) return undefined;
  return `shows one frame of ${grouped(frames)}, because animating it takes ${grouped(work)} pixels of work and limits.animatedPixels is ${grouped(most)}`;
}

const area = ({ width, height }: Size) => width * height;
