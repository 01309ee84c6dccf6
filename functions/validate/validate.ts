import type { Image, InputFormat, Source, TaskInput } from '../shared/contract';
import { asImage, assertAccepted } from '../shared/image';
import { assertDimensions, assertWithin, type Limits } from '../shared/limits';
import { type Scan, scan } from '../shared/prescan';
import { outputFormat, type Recipes, recipeFor, thumbnailKey } from '../shared/presets';
import { sourceOf } from '../shared/source';
import type { Head } from '../shared/uploads';

/** 128 KB hold the header of 97 % of real JPEGs, and of every PNG, GIF, WebP and AVIF. */
export const HEAD_BYTES = 128 * 1024;

export interface ValidateSettings extends Recipes {
  accepted: readonly InputFormat[];
  limits: Limits;
}

/** What Validate does to the world. */
export interface ValidatePorts {
  readHead(source: Source, length: number): Promise<Head>;
  readWhole(source: Source): Promise<Uint8Array>;
  /** Records the object as PROCESSING. @throws Superseded when a newer event is recorded */
  claim(image: Image, thumbnailKeys: string[]): Promise<void>;
}

/**
 * Is the event current, and is the object an image within the limits? Decided by the bytes: neither the name nor
 * the content type counts.
 *
 * @throws Superseded, EmptyObject, ImageTooLarge, UnsupportedFormat, CorruptImage, SuspiciousImage or InvalidEvent
 */
export async function validate(
  { state }: TaskInput,
  settings: ValidateSettings,
  ports: ValidatePorts,
): Promise<Image> {
  const source = sourceOf(state);
  const { preset, variants } = recipeFor(source.key, settings);
  const head = await ports.readHead(source, HEAD_BYTES);
  assertWithin('bytes', head.totalBytes, settings.limits);
  assertAccepted(head.bytes, settings.accepted);

  let result = scanBytes(head.bytes, head.totalBytes, settings.limits);
  if (needsWhole(result)) {
    result = scanBytes(await ports.readWhole(source), head.totalBytes, settings.limits);
  }
  const found = asImage(result, settings.accepted);
  assertDimensions(found, settings.limits);

  const sideways = found.orientation >= 5;
  const image: Image = {
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
  const keys = variants.map((variant) =>
    thumbnailKey(settings.prefix, source.key, variant, outputFormat(variant, image.format)),
  );
  await ports.claim(image, keys);
  return image;
}

function scanBytes(bytes: Uint8Array, totalBytes: number, limits: Limits): Scan {
  return scan(bytes, { whole: bytes.length === totalBytes, totalBytes, limits: { frames: limits.frames } });
}

/** The head does not hold the dimensions, or an animation's frames are still to be counted. */
function needsWhole(result: Scan): boolean {
  if (result.kind === 'more') return true;
  return result.kind === 'image' && !result.complete && (result.format === 'gif' || result.format === 'webp');
}
