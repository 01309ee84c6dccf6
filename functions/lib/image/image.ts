import { CorruptImage, ImageTooLarge, SuspiciousImage, UnsupportedFormat } from '../../../contract/errors';
import type { InputFormat } from '../../../contract/formats';
import { either } from '../../../contract/text';
import { type ImageScan, identify, type Scan } from '../prescan';
import { FORMAT_NAMES } from '../prescan/result';

/**
 * Refuses what its first bytes say is of a format that is not accepted, before anything else is read of it.
 *
 * @throws UnsupportedFormat
 */
export function assertAccepted(head: Uint8Array, accepted: readonly InputFormat[]): void {
  const identified = identify(head);
  if ('found' in identified) throw unsupported(identified.found, accepted);
  if (!accepted.includes(identified.format)) {
    throw unsupported(`${FORMAT_NAMES[identified.format]} image`, accepted);
  }
}

/**
 * The image a scan found, if it may go on to a decoder.
 *
 * @throws UnsupportedFormat, CorruptImage, SuspiciousImage, or ImageTooLarge for more frames than the settings allow
 */
export function asImage(result: Scan, accepted: readonly InputFormat[]): ImageScan {
  switch (result.kind) {
    case 'image':
      if (accepted.includes(result.format)) return result;
      throw unsupported(`${FORMAT_NAMES[result.format]} image`, accepted);
    case 'unsupported':
      throw unsupported(result.found, accepted);
    case 'suspicious':
      if (result.what === 'frames') throw new ImageTooLarge(`${result.reason} Upload a shorter animation.`);
      throw new SuspiciousImage(`${result.reason} Export the image again and upload it.`);
    case 'corrupt':
      throw new CorruptImage(`${result.reason} Export the image again and upload it.`);
    case 'more':
      throw new CorruptImage('The image ends before its header does. Export it again and upload it.');
  }
}

function unsupported(found: string, accepted: readonly InputFormat[]): UnsupportedFormat {
  const names = accepted.map((format) => FORMAT_NAMES[format]);
  return new UnsupportedFormat(
    `Expected a ${either(names)} image but received ${found}. Convert it and upload it again.`,
  );
}
