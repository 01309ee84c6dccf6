/** What lies behind a picture: in its padding, and under its transparent parts. */
import type { Sharp } from 'sharp';
import type { OutputFormat } from '../../../contract/formats';
import { from, type Pixels, toRgb } from './pixels';
import type { Variant } from './presets';

/** Red, green and blue from 0 to 255, alpha from 0 to 1. */
export interface Background {
  r: number;
  g: number;
  b: number;
  alpha: number;
}

/** Formats that can hold transparency. */
const KEEPS_ALPHA: Record<OutputFormat, boolean> = {
  jpeg: false,
  png: true,
  webp: true,
  avif: true,
  gif: true,
};

const TRANSPARENT: Background = { r: 0, g: 0, b: 0, alpha: 0 };

/**
 * The background of a variant: its own colour, or none. Where the format has no transparency, that lies on the colour for
 * such formats.
 *
 * @param opaque `#rrggbb`
 */
export function backgroundOf(
  variant: Pick<Variant, 'background'>,
  format: OutputFormat,
  opaque: string,
): Background {
  const own = variant.background === undefined ? TRANSPARENT : parse(variant.background);
  return KEEPS_ALPHA[format] ? own : over(own, parse(opaque));
}

/** Lays a picture on a background. It has no alpha afterwards if the background is opaque. */
export function laidOn(picture: Pixels, background: Background): Sharp {
  const { width, height } = picture;
  if (background.alpha === 1) return from(picture).flatten({ background });
  const input = { create: { width, height, channels: 4, background } } as const;
  return from(picture).composite([{ input, blend: 'dest-over' }]);
}

/** A grey picture in colour if the background is one, since sharp would take its luminance. */
export function ableToShow({ r, g, b, alpha }: Background, picture: Pixels): Pixels {
  return picture.channels < 3 && alpha > 0 && (r !== g || g !== b) ? toRgb(picture) : picture;
}

/** @param colour `#rrggbb`, `#rrggbbaa` or `transparent` */
function parse(colour: string): Background {
  if (colour === 'transparent') return TRANSPARENT;
  const [r = 0, g = 0, b = 0, alpha = 255] = [...Buffer.from(colour.slice(1), 'hex')];
  return { r, g, b, alpha: alpha / 255 };
}

function over(top: Background, bottom: Background): Background {
  const mix = (one: number, other: number) => Math.round(one * top.alpha + other * (1 - top.alpha));
  return { r: mix(top.r, bottom.r), g: mix(top.g, bottom.g), b: mix(top.b, bottom.b), alpha: 1 };
}
