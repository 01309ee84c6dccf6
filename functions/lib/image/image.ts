import { CorruptImage, SuspiciousImage, UnsupportedFormat } from '../../../contract/errors';
import type { InputFormat } from '../../../contract/formats';
import { type ImageScan, identify, type Scan } from '../prescan';
import { FORMAT_NAMES, withKind } from '../prescan/result';

/**
 * Refuses what its first bytes say is of a format that is not accepted, before anything else is read of it.
 *
 * @throws UnsupportedFormat
 */
export function assertAccepted(head: Uint8Array, accepted: readonly InputFormat[]): void {
  const identified = identify(head);
  if ('found' in identified) throw unsupported(identified.found, accepted);
  if (!accepted.includes(identified.format)) {
    throw unsupported(withKind(identified.format), accepted);
  }
}

/**
 * The image a scan found, if it may go on to a decoder.
 *
 * @throws UnsupportedFormat, CorruptImage or SuspiciousImage
 */
export function asImage(result: Scan, accepted: readonly InputFormat[]): ImageScan {
  switch (result.kind) {
    case 'image':
      if (accepted.includes(result.format)) return result;
      throw unsupported(withKind(result.format), accepted);
    case 'unsupported':
      throw unsupported(result.found, accepted);
    case 'suspicious':
      throw new SuspiciousImage(`${result.reason} Export the image again and upload it.`);
    case 'corrupt':
      throw new CorruptImage(`${result.reason} Export the image again and upload it.`);
    case 'more':
      throw new CorruptImage('The file ends before its header does: it was cut off. Upload the whole file.');
  }
}

function unsupported(found: string, accepted: readonly InputFormat[]): UnsupportedFormat {
  const names = accepted.map((format) => FORMAT_NAMES[format]);
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
  return new UnsupportedFormat(
    `Only ${list} images are accepted; this file is ${found}. Convert it and upload it again.`,
  );
}
