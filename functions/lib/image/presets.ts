import { createHash } from 'node:crypto';
import type { ExifField } from '../../../contract/details';
import { InvalidEvent } from '../../../contract/errors';
import type { InputFormat, OutputFormat } from '../../../contract/formats';
import type { Image } from '../../../contract/image';
import { sizeFromName } from './size-from-name';
import { sourceKeyOf, thumbnailKey } from './thumbnail-key';

/** One thumbnail to make of an image. */
export interface Variant {
  name: string;
  /** Pixels; at least one of the two is given. */
  width?: number;
  height?: number;
  /** How the image is fitted into the box: within it, covering it (cropped), within it and padded, or stretched. */
  fit: 'inside' | 'cover' | 'contain' | 'fill';
  /** The part that `cover` keeps: a direction, or what the content of the picture says. Without it the centre. */
  position?:
    | 'centre'
    | 'north'
    | 'northeast'
    | 'east'
    | 'southeast'
    | 'south'
    | 'southwest'
    | 'west'
    | 'northwest'
    | 'attention'
    | 'entropy';
  format: 'same' | OutputFormat;
  /** 1 to 100, for formats that have one; without it a value by format. */
  quality?: number;
  /** Whether WebP and AVIF keep every sample. */
  lossless?: boolean;
  /** Whether JPEG and PNG show a coarse picture first. */
  progressive?: boolean;
  /** Whether a picture smaller than the box is enlarged to it. */
  enlarge?: boolean;
  /** `#rrggbb`, `#rrggbbaa` or `transparent`: the colour behind the picture, with `contain` alone. */
  background?: string;
  /** Whether a picture that is scaled down is made a little sharper. */
  sharpen?: boolean;
  /** Whether it moves if the image does. */
  animated?: boolean;
  /** Whether it is made when it is first requested, rather than with the upload. */
  lazy?: boolean;
}

/** What to find out about a picture besides making its thumbnails. */
export interface DetailsWanted {
  /** Whether placeholders are made. */
  placeholders?: boolean;
  /** The fields of EXIF that are taken over. */
  exif?: readonly ExifField[];
}

/** The thumbnails to make of objects whose key starts with `prefix`. */
export interface Preset extends DetailsWanted {
  name: string;
  prefix: string;
  variants: Variant[];
}

/** What the settings say about thumbnails of any image. */
export interface Recipes {
  presets: readonly Preset[];
  /** Background colour for transparent pixels, if the output format has no transparency. */
  background: string;
  /** How much work an animation may take, in pixels: animation.ts. Without it none moves. */
  maxAnimatedPixels?: number;
  /** Start of the key of every thumbnail. */
  prefix: string;
  /** The longest side in pixels that a file name may ask for; 0 to ignore names. */
  maxSideFromName: number;
}

/** The thumbnails to make of one object. */
export interface Recipe {
  /** Its hash changes with `eagerHash` and with `details`. */
  preset: Image['preset'];
  /** The hash of the eager thumbnails. They don't depend on `details`, and stay as they are when those change. */
  eagerHash: string;
  details: DetailsWanted;
  /** Made when the object is uploaded. */
  eager: readonly Variant[];
  /** Made when they are first requested, each with its own hash: {@link lazyHash}. */
  lazy: readonly Variant[];
}

/**
 * The thumbnails to make of the object with this key: the variants of its preset, or, if its name asks for a size, the
 * first of them in that size.
 *
 * @throws InvalidEvent when no preset matches
 */
export function recipeFor(key: string, recipes: Recipes): Recipe {
  const { name, variants, placeholders, exif } = presetFor(key, recipes.presets);
  const size = sizeFromName(key, recipes.maxSideFromName);
  const isLazy = (variant: Variant) => !size && variant.lazy === true && isReadable(key, variant, recipes);
  const made = size ? variants.slice(0, 1).map((variant) => ({ ...variant, ...size })) : variants;
  const eager = made.filter((variant) => !isLazy(variant));
  const eagerHash = recipeHash(eager, recipes.background, recipes.maxAnimatedPixels);
  const details = { ...(placeholders && { placeholders }), ...(exif && { exif }) };
  return {
    preset: { name, hash: presetHash(eagerHash, details), ...(size && { size }) },
    eagerHash,
    details,
    eager,
    lazy: made.filter(isLazy),
  };
}

/** Whether the key of the thumbnail says of which object it is. One that was shortened does not, so it can't be made on request. */
function isReadable(key: string, variant: Variant, { prefix }: Recipes): boolean {
  // With "same" the format is not known yet: none has a longer ending than this.
  const format = variant.format === 'same' ? 'webp' : variant.format;
  return sourceKeyOf(prefix, thumbnailKey(prefix, key, variant.name, format)) !== null;
}

/**
 * The preset for a key: the one with the longest matching prefix.
 *
 * @throws InvalidEvent when none matches
 */
export function presetFor(key: string, presets: readonly Preset[]): Preset {
  const [preset] = presets
    .filter(({ prefix }) => key.startsWith(prefix))
    .sort((one, other) => other.prefix.length - one.prefix.length);
  if (!preset) {
    const prefixes = presets.map(({ prefix }) => `"${prefix}"`).join(', ');
    throw new InvalidEvent(
      `Expected a key that starts with the prefix of a preset (${prefixes}) but received "${key}"`,
    );
  }
  return preset;
}

/** Changes whenever the thumbnails that are asked for do. */
export function recipeHash(
  variants: readonly Variant[],
  background: string,
  maxAnimatedPixels?: number,
): string {
  const recipe = variants.map(({ name, width, height, fit, format, quality, lazy: _, ...more }) =>
    Object.keys(more).length > 0
      ? [name, width, height, fit, format, quality, more]
      : [name, width, height, fit, format, quality],
  );
  const canMove = variants.some(({ animated }) => animated);
  return digest([background, ...(canMove ? [maxAnimatedPixels] : []), ...recipe]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** Changes whenever what is found out does. If nothing is, it is the hash of the thumbnails. */
function presetHash(eagerHash: string, details: DetailsWanted): string {
  return Object.keys(details).length > 0 ? digest([eagerHash, details]) : eagerHash;
}

/** The hash of a variant that is made separately. */
export function lazyHash(variant: Variant, background: string, maxAnimatedPixels?: number): string {
  return recipeHash([variant], background, maxAnimatedPixels);
}

/** The format in which a variant is written. A format that browsers don't show becomes one that they do. */
export function outputFormat(variant: Variant, input: InputFormat): OutputFormat {
  if (variant.format !== 'same') return variant.format;
  return input === 'tiff' || input === 'heic' ? 'jpeg' : input;
}
