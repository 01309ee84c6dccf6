import type { InputFormat } from './contract';
import { CorruptImage, SuspiciousImage, UnsupportedFormat } from './errors';
import type { Scan } from './prescan';

/**
 * The image a scan found, if it may go on to a decoder.
 *
 * @throws UnsupportedFormat, CorruptImage or SuspiciousImage
 */
export function asImage(result: Scan, accepted: readonly InputFormat[]): Extract<Scan, { kind: 'image' }> {
  switch (result.kind) {
    case 'image':
      if (accepted.includes(result.format)) return result;
      throw unsupported(`${listFormats([result.format])} image`, accepted);
    case 'unsupported':
      throw unsupported(result.found, accepted);
    case 'suspicious':
      throw new SuspiciousImage(
        `Expected at most ${result.allowed} ${result.what} but received ${result.found}: ${result.reason}`,
      );
    case 'corrupt':
      throw new CorruptImage(`The image cannot be read: ${result.reason}. Export it again and upload it`);
    case 'more':
      throw new CorruptImage('The image ends before its header does. Export it again and upload it');
  }
}

function unsupported(found: string, accepted: readonly InputFormat[]): UnsupportedFormat {
  return new UnsupportedFormat(
    `Expected a ${listFormats(accepted)} image but received ${found}. Convert it and upload it again`,
  );
}

/** "JPEG, PNG and WebP": the accepted formats for an error message. */
function listFormats(formats: readonly InputFormat[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(formats.map((format) => NAMES[format]));
}

const NAMES: Record<InputFormat, string> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  gif: 'GIF',
  avif: 'AVIF',
  tiff: 'TIFF',
};
