import type { Colours } from '../prescan/colours';
import type { ToneCurve } from './grey-profile';
import { toLinearSrgb } from './primaries';

/** Decoded samples, three or four channels, as the file has them. */
export interface Samples {
  data: Uint8Array | Uint16Array;
  channels: 3 | 4;
}

/**
 * Turns samples into 8-bit sRGB. HDR is mapped to the range of a common display the way browsers do it; see {@link scaleOf}.
 * Colours that sRGB cannot show are cut off at the nearest value of each channel. Alpha stays.
 */
export function toSrgb({ data, channels }: Samples, colours: Colours): Buffer {
  const largest = data instanceof Uint16Array ? 0xffff : 0xff;
  const light = lightOf(colours.transfer, largest);
  const matrix = toLinearSrgb(colours.primaries);
  const scale = scaleOf(data, channels, light, colours.transfer);
  const out = Buffer.alloc(data.length);
  const rgb = [0, 0, 0];
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < 3; c++) rgb[c] = light[data[i + c] as number] as number;
    const by = scale(rgb);
    for (let c = 0; c < 3; c++) {
      const [a, b, d] = matrix[c] as [number, number, number];
      out[i + c] = encoded(by * (a * (rgb[0] as number) + b * (rgb[1] as number) + d * (rgb[2] as number)));
    }
    if (channels === 4) out[i + 3] = Math.round(((data[i + 3] as number) * 0xff) / largest);
  }
  return out;
}

/**
 * Light of diffuse white in an HDR picture, in candela per square metre, and of the brightest that a display for HLG
 * shows: ITU-R BT.2408, 2.1.
 */
const DIFFUSE_WHITE = 203;
const HLG_PEAK = 1_000;

/** Light by sample; 1 is the white of a common display. */
function lightOf(transfer: Colours['transfer'], largest: number): Float32Array {
  const curve = CURVES[transfer as keyof typeof CURVES] ?? ((v: number) => v ** (transfer as number));
  return Float32Array.from({ length: largest + 1 }, (_, sample) => curve(sample / largest));
}

const CURVES = {
  srgb: (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4),
  /** ITU-R BT.2100, table 4. */
  pq: (v: number) => {
    const power = v ** (32 / 2523);
    const ratio = Math.max(power - 107 / 128, 0) / (2413 / 128 - (2392 / 128) * power);
    return (10_000 / DIFFUSE_WHITE) * ratio ** (8192 / 1305);
  },
  /** ITU-R BT.2100, table 5: light of the scene, up to 1. */
  hlg: (v: number) => (v <= 0.5 ? (v * v) / 3 : (Math.exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12),
};

/** The exponent that a display of {@link HLG_PEAK} has beyond that of the scene: ITU-R BT.2100, table 5. */
const HLG_GAMMA = 1.2;

/**
 * By how much the light of a pixel is multiplied. For HDR, what is brighter than white is brought below it by the
 * curve of Reinhard, as browsers do it: the brightest light of the picture becomes white, black stays black, and where
 * hardly anything is brighter than white nothing changes. It goes by the strongest channel, so that hues stay.
 */
function scaleOf(
  data: Samples['data'],
  channels: number,
  light: Float32Array,
  transfer: Colours['transfer'],
): (rgb: readonly number[]) => number {
  if (transfer !== 'pq' && transfer !== 'hlg') return () => 1;
  const display = transfer === 'hlg' ? displayOf : () => 1;
  const peak = peakOf(data, channels, light, display);
  return (pixel) => {
    const shown = display(pixel);
    const brightest = Math.min(shown * Math.max(...pixel), peak);
    return (shown * (1 + brightest / peak ** 2)) / (1 + brightest);
  };
}

/** Share of the pixels that may be cut off at white: lamps and reflections must not darken all the rest. */
const CUT_OFF = 0.01;

/** Up to this many times white doesn't count as a highlight, because codecs and scaling overshoot that much at edges. */
const OVERSHOOT = 1.5;

/** The light that becomes white: that of the picture's brightest parts, but at most what HDR screens show. */
function peakOf(
  data: Samples['data'],
  channels: number,
  light: Float32Array,
  display: (rgb: readonly number[]) => number,
): number {
  const most = HLG_PEAK / DIFFUSE_WHITE;
  const counts = new Uint32Array(256);
  const rgb = [0, 0, 0];
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < 3; c++) rgb[c] = light[data[i + c] as number] as number;
    const brightest = Math.min(most, display(rgb) * Math.max(...rgb));
    const step = Math.ceil((brightest / most) * 255);
    counts[step] = (counts[step] as number) + 1;
  }
  let left = (data.length / channels) * CUT_OFF;
  let step = 255;
  while (step > 0 && (counts[step] as number) <= left) left -= counts[step--] as number;
  const peak = (step / 255) * most;
  return peak < OVERSHOOT ? 1 : peak;
}

/** From light of the scene to light of the display, which depends on how bright the pixel is. */
function displayOf(rgb: readonly number[]): number {
  const luminance = 0.2627 * (rgb[0] as number) + 0.678 * (rgb[1] as number) + 0.0593 * (rgb[2] as number);
  return (HLG_PEAK / DIFFUSE_WHITE) * luminance ** (HLG_GAMMA - 1);
}

/** One more than the entries that light from 0 to 1 is looked up in: fine enough for the darkest steps of sRGB. */
const STEPS = 1 << 14;
const ENCODED = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const v = step / STEPS;
  return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
});

function encoded(light: number): number {
  return ENCODED[Math.round(Math.min(1, Math.max(0, light)) * STEPS)] as number;
}

/**
 * Turns grey samples of 16 bits into 8-bit ones with the curve of sRGB. Alpha stays.
 *
 * @param channels 1, or 2 with alpha
 * @param curve of the profile
 */
export function greyToSrgb(data: Uint16Array, channels: number, curve: ToneCurve): Buffer {
  const out = Buffer.alloc(data.length);
  const known = new Int16Array(0x10000).fill(-1);
  for (let i = 0; i < data.length; i++) {
    const sample = data[i] as number;
    if (i % channels === 1) out[i] = Math.round((sample * 0xff) / 0xffff);
    else {
      if (known[sample] === -1) known[sample] = encoded(curve(sample / 0xffff));
      out[i] = known[sample] as number;
    }
  }
  return out;
}

/**
 * CMYK without a profile as browsers show it: each colour is what its ink and the black leave of the light.
 *
 * @param data 8-bit samples, four channels of ink and maybe alpha
 */
export function naiveRgb(data: Buffer, channels: number): { data: Buffer; channels: 3 | 4 } {
  const outChannels = channels > 4 ? 4 : 3;
  const out = Buffer.alloc((data.length / channels) * outChannels);
  for (let i = 0, o = 0; i < data.length; i += channels, o += outChannels) {
    const black = 255 - (data[i + 3] as number);
    for (let c = 0; c < 3; c++) out[o + c] = Math.round(((255 - (data[i + c] as number)) * black) / 255);
    if (outChannels === 4) out[o + 3] = data[i + 4] as number;
  }
  return { data: out, channels: outChannels };
}
