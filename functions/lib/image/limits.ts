import { ImageTooLarge } from '../../../contract/errors';
import type { Size } from '../../../contract/image';

/** What an image may cost. Each is a setting. */
export interface Limits {
  bytes: number;
  /** Width times height of one frame. */
  pixels: number;
  /** Width or height. */
  side: number;
}

const number = new Intl.NumberFormat('en-US');

/** The message for the person who uploaded the image. Raising a limit is up to the operator, so it doesn't say how. */
const FOUND: Record<keyof Limits, (count: string) => string> = {
  bytes: (count) => `The file has ${count} bytes`,
  pixels: (count) => `The image has ${count} pixels`,
  side: (count) => `One side of the image is ${count} pixels long`,
};

/** @throws ImageTooLarge saying what was found and what is allowed */
export function assertWithin(what: keyof Limits, found: number, limits: Limits): void {
  if (found <= limits[what]) return;
  throw new ImageTooLarge(
    `${FOUND[what](number.format(found))}; at most ${number.format(limits[what])} are allowed. Upload a smaller image.`,
  );
}

/**
 * Judges what has to be decoded, which may be more than what is shown.
 *
 * @throws ImageTooLarge when the image has more pixels or a longer side than allowed
 */
export function assertDimensions(image: Size & { coded?: Size }, limits: Limits): void {
  const { width, height } = image.coded ?? image;
  assertWithin('side', Math.max(width, height), limits);
  assertWithin('pixels', width * height, limits);
}
