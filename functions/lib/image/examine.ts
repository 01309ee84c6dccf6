import type { Image } from '../../../contract/image';
import type { Source } from '../../../contract/source';
import { type Scan, scan } from '../prescan';
import { asImage, assertAccepted } from './image';
import { assertDimensions, assertWithin } from './limits';
import { type Recipes, recipeFor } from './presets';
import type { Acceptance } from './settings';

/**
 * 128 KB contain the header of 97 % of real JPEGs, and of every PNG, GIF, WebP and AVIF. The rest of a GIF or an animated
 * WebP is read only to count its frames, and that of a WebP with EXIF, which is at the end, only for its orientation.
 */
export const HEAD_BYTES = 128 * 1024;

export type ExamineSettings = Recipes & Acceptance;

/** The first bytes of an object, and how many it has in all. */
export interface Head {
  bytes: Uint8Array;
  totalBytes: number;
}

/** The calls that it takes to examine an object. */
export interface ExaminePorts {
  /** The first bytes of the object as it is now. @throws Superseded if that is another version, NotYetVisible if there is none */
  readHead(source: Source, length: number): Promise<Head>;
  readWhole(source: Source): Promise<Uint8Array>;
}

/**
 * Checks by its bytes that the object is an image within the limits. Neither its name nor its content type matters.
 *
 * @throws Superseded, EmptyObject, ImageTooLarge, UnsupportedFormat, CorruptImage, SuspiciousImage or InvalidEvent
 */
export async function examine(
  source: Source,
  settings: ExamineSettings,
  ports: ExaminePorts,
): Promise<Image> {
  const { preset } = recipeFor(source.key, settings);
  const head = await ports.readHead(source, HEAD_BYTES);
  assertWithin('bytes', head.totalBytes, settings.limits);
  assertAccepted(head.bytes, settings.accepted);

  let result = scanBytes(head.bytes, head.totalBytes);
  if (needsWhole(result)) {
    result = scanBytes(await ports.readWhole(source), head.totalBytes);
  }
  const found = asImage(result, settings.accepted);
  assertDimensions(found, settings.limits);

  const sideways = found.orientation >= 5;
  return {
    schema: 1,
    source,
    format: found.format,
    width: sideways ? found.height : found.width,
    height: sideways ? found.width : found.height,
    orientation: found.orientation,
    frames: found.frames,
    bytes: head.totalBytes,
    preset,
  };
}

function scanBytes(bytes: Uint8Array, totalBytes: number): Scan {
  return scan(bytes, { whole: bytes.length === totalBytes, totalBytes });
}

/** The head lacks the dimensions, or it may be an animation whose frames have to be counted, as any GIF may. */
function needsWhole(result: Scan): boolean {
  if (result.kind === 'more') return true;
  return result.kind === 'image' && !result.complete && (result.format === 'gif' || result.animated === true);
}
