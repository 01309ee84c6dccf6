import { ImageTooLarge } from '../../../contract/errors';

/** What an image may cost. Each is a setting. */
export interface Limits {
  bytes: number;
  /** Width times height of one frame. */
  pixels: number;
  /** Width or height. */
  side: number;
  frames: number;
}

const number = new Intl.NumberFormat('en-US');

/** @throws ImageTooLarge naming the limit, the value found and the value allowed */
export function assertWithin(what: keyof Limits, found: number, limits: Limits): void {
  if (found <= limits[what]) return;
  throw new ImageTooLarge(
    `Expected at most ${number.format(limits[what])} ${UNITS[what]} but received ${number.format(found)}. ` +
      `Upload a smaller image, or raise limits.${what} in the settings.`,
  );
}

const UNITS: Record<keyof Limits, string> = {
  bytes: 'bytes',
  pixels: 'pixels',
  side: 'pixels on one side',
  frames: 'frames',
};

/** @throws ImageTooLarge when the image has more pixels, a longer side or more frames than allowed */
export function assertDimensions(
  image: { width: number; height: number; frames: number },
  limits: Limits,
): void {
  assertWithin('side', Math.max(image.width, image.height), limits);
  assertWithin('pixels', image.width * image.height, limits);
  assertWithin('frames', image.frames, limits);
}
