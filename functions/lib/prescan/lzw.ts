/** Codes have at most 12 bits: GIF89a, appendix F. */
const MOST_CODES = 4096;

/** What the compressed data of a GIF's frame contain. */
export interface FramePixels {
  /** Pixels for which there are data, up to the number asked for. */
  count: number;
  /** Whether any of them shows. */
  isVisible: boolean;
}

/**
 * Counts the pixels in a frame's data without drawing them. All that matters about a code is how long its string is, and
 * whether all of it is the transparent colour. The work is bounded by the bits of the data.
 *
 * @param data sub-blocks, as far as they are there
 * @param codeSize bits of a pixel: the byte before the data
 * @param transparent index of the transparent colour, if there is one
 * @param wanted number of pixels at which to stop
 */
export function framePixels(
  data: Iterable<Uint8Array>,
  codeSize: number,
  transparent: number | undefined,
  wanted: number,
): FramePixels {
  const clear = 1 << codeSize;
  const lengths = new Uint32Array(MOST_CODES).fill(1, 0, clear);
  /** Of each string: whether its first pixel shows, and whether any does. */
  const firstShows = new Uint8Array(MOST_CODES).fill(1, 0, clear);
  const shows = new Uint8Array(MOST_CODES).fill(1, 0, clear);
  if (transparent !== undefined && transparent < clear) firstShows[transparent] = shows[transparent] = 0;
  const result: FramePixels = { count: 0, isVisible: false };
  if (codeSize < 1 || codeSize > 11) return result;

  let width = codeSize + 1;
  let next = clear + 2;
  let previous = -1;
  let bits = 0;
  let held = 0;
  for (const block of data) {
    for (const byte of block) {
      bits |= byte << held;
      held += 8;
      while (held >= width) {
        const code = bits & ((1 << width) - 1);
        bits >>>= width;
        held -= width;
        if (code === clear) {
          width = codeSize + 1;
          next = clear + 2;
          previous = -1;
          continue;
        }
        if (code === clear + 1 || code > next || (code === next && previous < 0)) return result;
        if (previous >= 0 && next < MOST_CODES) {
          // The new string is the one before and the first pixel of this one, which may be the new string itself.
          const first = code === next ? previous : code;
          lengths[next] = (lengths[previous] as number) + 1;
          firstShows[next] = firstShows[previous] as number;
          shows[next] = (shows[previous] as number) | (firstShows[first] as number);
          next++;
          if (next === 1 << width && width < 12) width++;
        }
        if (code >= next) return result;
        result.count += lengths[code] as number;
        result.isVisible ||= shows[code] === 1;
        if (result.count >= wanted) return result;
        previous = code;
      }
    }
  }
  return result;
}
