import type { Reader } from './reader';

/** Sum of the table for luminance that ITU-T T.81 gives as an example (K.1), which libjpeg scales by its quality. */
const SUM_AT_50 = 3_688;

/** Values of a table of quantization. */
const VALUES = 64;

/**
 * The quality by which libjpeg would have made a table as coarse as that for luminance, which by custom is number 0.
 *
 * @param tables content of a DQT segment
 * @returns 1 to 100; undefined where that table is not there
 */
export function readQuality(tables: Reader): number | undefined {
  while (tables.has(1 + VALUES)) {
    const kind = tables.u8();
    const isWide = kind >> 4 !== 0;
    if (isWide && !tables.has(2 * VALUES)) return undefined;
    let sum = 0;
    for (let i = 0; i < VALUES; i++) sum += isWide ? tables.u16() : tables.u8();
    if ((kind & 15) !== 0) continue;
    const percent = (100 * sum) / SUM_AT_50;
    const quality = percent <= 100 ? 100 - percent / 2 : 5_000 / percent;
    return Math.max(1, Math.min(100, Math.ceil(quality)));
  }
  return undefined;
}
