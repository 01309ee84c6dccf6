import { createHash } from 'node:crypto';
import type { InputFormat, OutputFormat } from './contract';
import * as environment from './environment';
import { InvalidEvent } from './errors';

/** One thumbnail to make of an image. */
export interface Variant {
  name: string;
  /** Pixels; at least one of the two is given. */
  width?: number;
  height?: number;
  /** How the image meets the box: within it, covering it (cropped), within it and padded, or stretched. */
  fit: 'inside' | 'cover' | 'contain' | 'fill';
  format: 'same' | Exclude<OutputFormat, 'gif'>;
  /** 1 to 100, for formats that have one. */
  quality: number;
}

/** What to make of the objects whose key starts with `prefix`. */
export interface Preset {
  name: string;
  prefix: string;
  variants: Variant[];
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

/** Changes whenever what the preset asks for does. */
export function presetHash(preset: Preset): string {
  const recipe = preset.variants.map((v) => [v.name, v.width, v.height, v.fit, v.format, v.quality]);
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}

/** The format a variant is written in. A format browsers do not show becomes one they do. */
export function outputFormat(variant: Variant, input: InputFormat): OutputFormat {
  if (variant.format !== 'same') return variant.format;
  return input === 'tiff' ? 'jpeg' : input;
}

const EXTENSIONS: Record<OutputFormat, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
};

/** S3 allows keys of 1,024 bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Where a thumbnail lies: `<source key>/<variant>.<ext>`, so that it can be predicted and listed by image. Where
 * that exceeds S3's limit, the SHA-256 of the source key stands in for the key.
 */
export function thumbnailKey(sourceKey: string, variant: Variant, format: OutputFormat): string {
  const file = `${variant.name}.${EXTENSIONS[format]}`;
  const key = `${sourceKey}/${file}`;
  if (Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
  return `${createHash('sha256').update(sourceKey).digest('hex')}/${file}`;
}

/** The presets of the settings, as JSON. Their shape was checked when the stack was synthesized. */
export function presetsFromEnvironment(): Preset[] {
  return JSON.parse(environment.text('PRESETS')) as Preset[];
}
