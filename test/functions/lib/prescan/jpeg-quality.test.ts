import { readQuality } from '../../../../functions/lib/prescan/jpeg-quality';
import { Reader } from '../../../../functions/lib/prescan/reader';
import { flat } from './build';

/** A table of 64 equal values, with its number. */
const table = (number: number, value: number) => Buffer.from([number, ...Array(64).fill(value)]);
const wideTable = (number: number, value: number) =>
  Buffer.from([
    0x10 | number,
    ...Array(64)
      .fill([value >> 8, value & 0xff])
      .flat(),
  ]);
const qualityOf = (...tables: Buffer[]) => readQuality(new Reader(Buffer.concat(tables)));

test.each([1, 2, 10, 25, 49, 50, 51, 75, 80, 90, 95, 99, 100])(
  'the quality %d that libjpeg was told is read from its table',
  async (quality) => {
    const jpeg = await flat(8, 8).jpeg({ quality }).toBuffer();
    const at = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
    const content = jpeg.subarray(at + 4, at + 2 + jpeg.readUInt16BE(at + 2));
    expect(readQuality(new Reader(content))).toBe(quality);
  },
);

test.each([
  ['the finest table', [table(0, 1)], 100],
  ['a coarser one than libjpeg makes', [wideTable(0, 60_000)], 1],
  ['a table with values of 16 bits', [wideTable(0, 1)], 100],
  ['the table for luminance after that for colour', [table(1, 200), table(0, 1)], 100],
  ['the same after one of 16 bits', [wideTable(3, 200), table(0, 1)], 100],
  ['the first table for luminance', [table(0, 1), table(0, 255)], 100],
])('%s has the quality of its values', (_, tables, expected) => {
  expect(qualityOf(...tables)).toBe(expected);
});

test.each([
  ['there are only tables for colour', [table(1, 1), table(2, 1)]],
  ['it is cut off', [table(0, 1).subarray(0, 64)]],
  ['its values of 16 bits are cut off', [wideTable(0, 1).subarray(0, 128)]],
  ['nothing is there', []],
])('is not known if %s', (_, tables) => {
  expect(qualityOf(...tables)).toBeUndefined();
});
