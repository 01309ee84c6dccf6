import { ImageTooLarge } from '../../../contract/errors';
import type { InputFormat } from '../../../contract/formats';
import type { Size } from '../../../contract/image';
import { tooLarge } from '../../../contract/messages/too-large';

/** What an image may cost. Each is a setting. */
export interface Limits {
  bytes: number;
  /** Width times height of one frame. */
  pixels: number;
  /** Width or height. */
  side: number;
}

/** @throws ImageTooLarge saying what was found and what is allowed */
export function assertWithin(what: keyof Limits, found: number, limits: Limits): void {
  if (found <= limits[what]) return;
  throw new ImageTooLarge(tooLarge(what, found, limits[what]));
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

/**
 * Bytes of memory per pixel that a decoder takes for the most demanding image of a format, if that can exceed the function's
 * memory: an AVIF of 12 bits, 4:4:4, with alpha (docs/performance.md, "Memory"). Of a HEIC, its header says it. The other formats need 10 at most, so the
 * default memory is enough for them up to the default of `limits.pixels`.
 */
const BYTES_PER_PIXEL: Partial<Record<InputFormat, number>> = { avif: 26 };

const MEBIBYTE = 2 ** 20;

/** Bytes of memory for everything but the decoder: Node, sharp, and the file itself. */
const RESERVED = 128 * MEBIBYTE;

/**
 * Refuses an image for which the function would run out of memory, which would end it without naming the cause.
 *
 * @param memoryMb memory of the function in MiB
 * @throws ImageTooLarge
 */
export function assertFitsMemory(
  image: Size & { format: InputFormat; coded?: Size; bytesPerPixel?: number },
  memoryMb: number,
): void {
  const { width, height } = image.coded ?? image;
  const bytes = image.bytesPerPixel ?? BYTES_PER_PIXEL[image.format];
  if (bytes === undefined) return;
  const most = Math.max(0, Math.floor((memoryMb * MEBIBYTE - RESERVED) / bytes));
  if (width * height > most) throw new ImageTooLarge(tooLarge('memory', width * height, most));
}
