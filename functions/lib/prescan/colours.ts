/**
 * What the numbers of a file mean if they are not sRGB and no ICC profile says so. sharp treats every such file as
 * sRGB, so `image/colour.ts` converts the decoded pixels.
 */
export interface Colours {
  /** How numbers become light: the curve of sRGB, an HDR curve (ITU-R BT.2100), or a power with this exponent. */
  transfer: 'srgb' | 'pq' | 'hlg' | number;
  primaries: Primaries;
}

/** CIE xy of red, green, blue and white. */
export type Primaries = readonly [Point, Point, Point, Point];
type Point = readonly [x: number, y: number];

const D65: Point = [0.3127, 0.329];
/** Those of sRGB. */
export const BT_709: Primaries = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65];

export const DISPLAY_P3: Primaries = [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65];

/** ITU-T H.273, table 2. What is not listed is shown as BT.709, as browsers do. */
const PRIMARIES: Partial<Record<number, Primaries>> = {
  4: [
    [0.67, 0.33],
    [0.21, 0.71],
    [0.14, 0.08],
    [0.31, 0.316],
  ],
  5: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], D65],
  6: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65],
  7: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65],
  9: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65],
  11: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ],
  12: DISPLAY_P3,
};

/**
 * ITU-T H.273, table 3. The curves of video that are not listed (BT.709, BT.601, BT.2020 for SDR) describe cameras;
 * browsers show such numbers as sRGB.
 */
const TRANSFERS: Partial<Record<number, Colours['transfer']>> = { 4: 2.2, 5: 2.8, 8: 1, 16: 'pq', 18: 'hlg' };

/** Colours by the code points of ITU-T H.273: `cICP` of PNG, `nclx` of AVIF. Undefined if they amount to sRGB. */
export function fromCodePoints(primaries: number, transfer: number): Colours | undefined {
  return unlessSrgb({
    transfer: TRANSFERS[transfer] ?? 'srgb',
    primaries: PRIMARIES[primaries] ?? BT_709,
  });
}

/** A gamma this near to that of sRGB, 1/2.2, is meant to be sRGB: libpng and browsers treat it so. */
const NEAR_SRGB = 0.05;

/**
 * Colours by the chunks of a PNG. Browsers ignore chromaticities without a gamma, since they say too little alone.
 *
 * @param gamma content of `gAMA`: the exponent that encoded the samples, times 100,000
 * @param chromaticities content of `cHRM`: x and y of white, red, green and blue, times 100,000
 */
export function fromGamma(gamma: number, chromaticities?: readonly number[]): Colours | undefined {
  if (gamma === 0) return undefined;
  const exponent = 100_000 / gamma;
  return unlessSrgb({
    transfer: Math.abs(exponent / 2.2 - 1) < NEAR_SRGB ? 'srgb' : exponent,
    primaries: (chromaticities && fromChromaticities(chromaticities)) ?? BT_709,
  });
}

/** Undefined if they span no triangle, or if a colour or the white does not exist. */
function fromChromaticities(values: readonly number[]): Primaries | undefined {
  const at = (i: number): Point => [(values[i] ?? 0) / 100_000, (values[i + 1] ?? 0) / 100_000];
  const primaries: Primaries = [at(2), at(4), at(6), at(0)];
  const [red, green, blue] = primaries;
  const area = (red[0] - blue[0]) * (green[1] - blue[1]) - (green[0] - blue[0]) * (red[1] - blue[1]);
  const exist = primaries.every(([x, y]) => x >= 0 && y > 0 && x + y <= 1);
  return exist && Math.abs(area) > 0.001 ? primaries : undefined;
}

/** Chromaticities are written with three to five digits. */
const SAME_POINT = 0.002;

function unlessSrgb(colours: Colours): Colours | undefined {
  const isBt709 = colours.primaries.every((point, i) =>
    point.every((value, j) => Math.abs(value - (BT_709[i]?.[j] ?? 0)) <= SAME_POINT),
  );
  return isBt709 && colours.transfer === 'srgb' ? undefined : colours;
}
