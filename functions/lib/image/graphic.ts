import { colourAt } from './palette-png';
import type { Pixels } from './pixels';

/** Rows that are looked at to tell a photograph from a graphic. */
const MOST_ROWS = 128;

/**
 * Share of pixels that equal their left neighbour from which a picture counts as flat. Four photographs of 200 to 1,600 px
 * have 0.00 to 0.23, text 0.61 to 0.87, a plot 0.89, and 0.23 where it is scaled to 200 px (docs/performance.md).
 */
const FLAT = 0.5;

/** Whether most pixels equal the one before: so it is with drawings, screenshots and text, and with no photograph. */
export function isFlat({ data, width, height, channels }: Pixels): boolean {
  const step = Math.max(1, Math.floor(height / MOST_ROWS));
  const row = width * channels;
  const hasAlpha = channels % 2 === 0;
  let equal = 0;
  let seen = 0;
  for (let y = 0; y < height; y += step) {
    // Written out, because the first picture of a function runs it before V8 has compiled it: a call for each pixel takes 9 ms.
    for (let at = y * row + channels; at < (y + 1) * row; at += channels, seen++) {
      const left = at - channels;
      const isEqual = hasAlpha
        ? colourAt(data, at, channels) === colourAt(data, left, channels)
        : data[at] === data[left] &&
          (channels === 1 || (data[at + 1] === data[left + 1] && data[at + 2] === data[left + 2]));
      if (isEqual) equal++;
    }
  }
  return seen > 0 && equal >= FLAT * seen;
}

/** What of a picture a PNG can leave out. */
export interface Content {
  isOpaque: boolean;
  /** Whether red, green and blue are equal everywhere. */
  isGrey: boolean;
  /** Its colours as RGBA numbers, if it has at most 256, in the order of their first occurrence. */
  palette?: ReadonlyMap<number, number>;
}

/** Colours that a palette holds. */
const MOST_COLOURS = 256;

export function contentOf({ data, channels }: Pixels): Content {
  let palette: Map<number, number> | undefined = new Map();
  let isOpaque = true;
  let isGrey = true;
  let last = -1;
  for (let i = 0; i < data.length; i += channels) {
    const colour = colourAt(data, i, channels);
    if (colour === last) continue;
    last = colour;
    if ((colour & 0xff) !== 0xff) isOpaque = false;
    if (colour >>> 24 !== ((colour >>> 16) & 0xff) || colour >>> 24 !== ((colour >>> 8) & 0xff))
      isGrey = false;
    if (!palette?.has(colour)) {
      if (palette?.size === MOST_COLOURS) palette = undefined;
      palette?.set(colour, palette.size);
    }
  }
  return { isOpaque, isGrey, ...(palette && { palette }) };
}
