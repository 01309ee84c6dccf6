import type { Reader } from './reader';

/** The example table for luminance of ITU-T T.81 (K.1), which libjpeg scales by its quality. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/** The sum of that table at each quality from 1 to 100. */
const SUMS = Array.from({ length: 100 }, (_, i) => {
  const percent = i + 1 < 50 ? Math.floor(5_000 / (i + 1)) : 200 - 2 * (i + 1);
  return LUMINANCE.reduce(
    (sum, value) => sum + Math.min(255, Math.max(1, Math.floor((value * percent + 50) / 100))),
    0,
  );
});

/** Values in a quantization table. */
const VALUES = 64;

/**
 * The quality at which libjpeg would make a table as coarse as this file's table for luminance, by custom number 0.
 *
 * @param tables content of a DQT segment
 * @returns 1 to 100; undefined if that table is not there
 */
export function readQuality(tables: Reader): number | undefined {
  while (tables.has(1 + VALUES)) {
    const kind = tables.u8();
    const isWide = kind >> 4 !== 0;
    if (isWide && !tables.has(2 * VALUES)) return undefined;
    let sum = 0;
    for (let i = 0; i < VALUES; i++) sum += isWide ? tables.u16() : tables.u8();
    if ((kind & 15) !== 0) continue;
    // The best quality whose table is as coarse.
    return Math.max(1, SUMS.findLastIndex((one) => one >= sum) + 1);
  }
  return undefined;
}
