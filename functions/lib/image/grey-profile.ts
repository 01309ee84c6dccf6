/** The curve of an ICC profile for grey samples. Sources: ICC.1:2022, 7.3, 10.6 and 10.18. */

/** Light by sample, both from 0 to 1. */
export type ToneCurve = (sample: number) => number;

const HEADER = 128;

/** Node's codes for a read beyond the end of a buffer. */
const ENDS_EARLY = new Set(['ERR_OUT_OF_RANGE', 'ERR_BUFFER_OUT_OF_BOUNDS']);

/**
 * @param icc a profile
 * @returns undefined if it has no curve for grey, or one that is not as the standard has it
 */
export function greyCurve(icc: Buffer): ToneCurve | undefined {
  try {
    const curve = read(icc);
    // A curve that leads nowhere, for example to infinity, is none.
    return curve && [0, 0.5, 1].every((sample) => Number.isFinite(curve(sample))) ? curve : undefined;
  } catch (error) {
    if (ENDS_EARLY.has(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

/** @throws RangeError, by its code in {@link ENDS_EARLY}, where the profile ends before what it announces */
function read(icc: Buffer): ToneCurve | undefined {
  const tags = Math.min(icc.readUInt32BE(HEADER), 100);
  for (let at = HEADER + 4; at < HEADER + 4 + tags * 12; at += 12) {
    if (icc.toString('latin1', at, at + 4) !== 'kTRC') continue;
    const tag = icc.subarray(icc.readUInt32BE(at + 4));
    const type = tag.toString('latin1', 0, 4);
    return type === 'curv' ? sampled(tag) : type === 'para' ? parametric(tag) : undefined;
  }
  return undefined;
}

/** No entry means that samples are light, one is an exponent, and more are a table. */
function sampled(tag: Buffer): ToneCurve {
  const count = tag.readUInt32BE(8);
  if (count === 0) return (sample) => sample;
  if (count === 1) {
    const exponent = tag.readUInt16BE(12) / 256;
    return (sample) => sample ** exponent;
  }
  tag.readUInt16BE(10 + 2 * count);
  const entry = (n: number) => tag.readUInt16BE(12 + 2 * n) / 0xffff;
  return (sample) => {
    const place = sample * (count - 1);
    const below = Math.min(Math.floor(place), count - 2);
    return entry(below) + (entry(below + 1) - entry(below)) * (place - below);
  };
}

/** How many parameters each type of function has, in the order g, a, b, c, d, e, f. */
const PARAMETERS = [1, 3, 4, 5, 7];

function parametric(tag: Buffer): ToneCurve | undefined {
  const type = tag.readUInt16BE(8);
  const count = PARAMETERS[type];
  if (count === undefined) return undefined;
  const values = Array.from({ length: count }, (_, n) => tag.readInt32BE(12 + 4 * n) / 0x10000);
  const [g, a = 1, b = 0] = values as [number, number?, number?];
  const power = (sample: number) => Math.max(0, a * sample + b) ** g;
  const [, , , c = 0, d = -b / a, e = 0, f = 0] = values;
  switch (type) {
    case 2:
      return (sample) => (sample >= -b / a ? power(sample) + c : c);
    case 3:
    case 4:
      return (sample) => (sample >= d ? power(sample) + e : c * sample + f);
    default:
      return power;
  }
}
