import { InvalidEvent } from '../../contract/errors';
import type { InputFormat } from '../../contract/formats';
import type { ObjectName } from '../../contract/source';
import { outputFormat, type Recipes, recipeFor } from '../lib/image/presets';
import { sourceKeyOf, thumbnailKey } from '../lib/image/thumbnail-key';

/** Which objects the workflow processes, as its event rules say. */
export interface Uploads {
  bucket: string;
  prefix: string;
  /** Endings of keys without the dot, in lower case. */
  suffixes: readonly string[];
}

export interface PathSettings extends Recipes {
  accepted: readonly InputFormat[];
  uploads: Uploads;
}

/** A thumbnail that is requested. */
export interface Wanted {
  /** Key of the thumbnail. */
  key: string;
  original: ObjectName;
}

/**
 * Finds the thumbnail that a path stands for. S3 finds one under a path with escapes too, so they are read here as well.
 *
 * @param rawPath of an event in payload format 2.0, starting with a slash
 * @returns null if the path is not of a declared variant, or not of an object that the workflow processes
 */
export function wantedBy(rawPath: string, settings: PathSettings): Wanted | null {
  const key = decode(rawPath.slice(1));
  const { prefix, uploads } = settings;
  const source = key === null ? null : sourceKeyOf(prefix, key);
  if (key === null || source === null || !isTakenUp(source, uploads)) return null;
  return isDeclared(key, source, settings)
    ? { key, original: { bucket: uploads.bucket, key: source } }
    : null;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null; // Its escapes are not UTF-8.
  }
}

function isTakenUp(key: string, { prefix, suffixes }: Uploads): boolean {
  const ending = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  return key.startsWith(prefix) && key.includes('.') && suffixes.includes(ending);
}

/** Whether the key is that of a variant, if the original has some accepted format. Its real format isn't known yet. */
function isDeclared(key: string, source: string, settings: PathSettings): boolean {
  try {
    const { eager, lazy } = recipeFor(source, settings);
    return [...eager, ...lazy].some((variant) =>
      settings.accepted.some(
        (format) =>
          thumbnailKey(settings.prefix, source, variant.name, outputFormat(variant, format)) === key,
      ),
    );
  } catch (error) {
    if (error instanceof InvalidEvent) return false; // No preset matches this key.
    throw error;
  }
}
