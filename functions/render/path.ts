import { InvalidEvent } from '../../contract/errors';
import type { InputFormat } from '../../contract/formats';
import type { ObjectName } from '../../contract/source';
import { outputFormat, type Recipes, recipeFor, thumbnailKey } from '../lib/image/presets';

/** Which objects the workflow takes up, as its event rules say. */
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

/** A thumbnail that somebody asks for. */
export interface Wanted {
  /** Of the thumbnail. */
  key: string;
  original: ObjectName;
}

/** A path as browsers send it: they percent-encode every other character (url.spec.whatwg.org, path percent-encode set). */
const ENCODED = /^(?:[!$&-;=@-_a-z|~]|%[\dA-Fa-f]{2})*$/;

/**
 * The thumbnail a path stands for. A function URL hands the path on as it was sent, API Gateway decodes it first: a path
 * that cannot be an encoded one is taken as it is.
 *
 * @param rawPath of an event in payload format 2.0, starting with a slash
 * @returns null where the path is of no declared variant, or not of an object the workflow takes up
 */
export function wantedBy(rawPath: string, settings: PathSettings): Wanted | null {
  const key = decode(rawPath.slice(1));
  const { prefix, uploads } = settings;
  if (!key.startsWith(prefix)) return null;
  const source = key.slice(prefix.length, Math.max(prefix.length, key.lastIndexOf('/')));
  if (!isTakenUp(source, uploads)) return null;
  return isDeclared(key, source, settings)
    ? { key, original: { bucket: uploads.bucket, key: source } }
    : null;
}

function decode(path: string): string {
  if (!ENCODED.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // Escapes that are no UTF-8.
  }
}

function isTakenUp(key: string, { prefix, suffixes }: Uploads): boolean {
  const ending = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  return key.startsWith(prefix) && key.includes('.') && suffixes.includes(ending);
}

/** Whether the key is that of a variant, for an original of some accepted format. Which one it has, nobody has looked at yet. */
function isDeclared(key: string, source: string, settings: PathSettings): boolean {
  try {
    const { eager, lazy } = recipeFor(source, settings);
    return [...eager, ...lazy].some((variant) =>
      settings.accepted.some(
        (format) => thumbnailKey(settings.prefix, source, variant, outputFormat(variant, format)) === key,
      ),
    );
  } catch (error) {
    if (error instanceof InvalidEvent) return false; // No preset is for this key.
    throw error;
  }
}
