import { ableToShow, backgroundOf, laidOn } from '../../../../functions/lib/image/background';
import { from, isEmpty, type Pixels, raw, resize, toRgb } from '../../../../functions/lib/image/pixels';

const TRANSPARENT = { r: 0, g: 0, b: 0, alpha: 0 };
const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };

test.each([
  [undefined, 'png', TRANSPARENT],
  [undefined, 'jpeg', { r: 16, g: 32, b: 48, alpha: 1 }],
  ['transparent', 'webp', TRANSPARENT],
  ['transparent', 'jpeg', { r: 16, g: 32, b: 48, alpha: 1 }],
  ['#0a0b0c', 'png', { r: 10, g: 11, b: 12, alpha: 1 }],
  ['#0A0B0C', 'jpeg', { r: 10, g: 11, b: 12, alpha: 1 }],
  ['#0a0b0c00', 'avif', { r: 10, g: 11, b: 12, alpha: 0 }],
  ['#ffffff33', 'gif', { ...WHITE, alpha: 0.2 }],
  // A fifth of white on the colour for formats without transparency.
  ['#ffffff33', 'jpeg', { r: 64, g: 77, b: 89, alpha: 1 }],
] as const)('a variant on %s as %s lies on %j', (background, format, expected) => {
  expect(backgroundOf({ background }, format, '#102030')).toEqual(expected);
});

const pixels = (channels: Pixels['channels'], ...samples: number[]): Pixels => ({
  data: Buffer.from(samples),
  width: samples.length / channels,
  height: 1,
  channels,
});
const samplesOf = ({ data, channels }: Pixels) => [channels, ...data];

test.each<[string, typeof WHITE, Pixels, number]>([
  ['a colour', { r: 255, g: 0, b: 0, alpha: 1 }, pixels(1, 7), 3],
  ['a colour that only its blue makes one', { r: 9, g: 9, b: 0, alpha: 1 }, pixels(2, 7, 128), 4],
  ['white', WHITE, pixels(1, 7), 1],
  ['grey that shows through', { r: 9, g: 9, b: 9, alpha: 0.5 }, pixels(2, 7, 128), 2],
  ['nothing', { r: 255, g: 0, b: 0, alpha: 0 }, pixels(1, 7), 1],
  ['a colour, a picture in colour', { r: 255, g: 0, b: 0, alpha: 1 }, pixels(3, 1, 2, 3), 3],
])('on %s, a grey picture has as many channels as it needs', (_, background, picture, channels) => {
  expect(ableToShow(background, picture).channels).toBe(channels);
});

test('an opaque background leaves no alpha, and one that is not lies below', async () => {
  const half = pixels(4, 255, 0, 0, 255, 255, 0, 0, 0);
  expect(samplesOf(await raw(laidOn(half, { r: 0, g: 0, b: 255, alpha: 1 })))).toEqual([
    3, 255, 0, 0, 0, 0, 255,
  ]);
  const through = await raw(laidOn(half, { r: 0, g: 0, b: 255, alpha: 0.5 }));
  expect(samplesOf(through).slice(0, 5)).toEqual([4, 255, 0, 0, 255]);
  expect(samplesOf(through).slice(5, 8)).toEqual([0, 0, 255]);
  expect(Math.abs(through.data[7]! - 128)).toBeLessThanOrEqual(1);
});

test.each<[Pixels, boolean]>([
  [pixels(2, 9, 0, 9, 0), true],
  [pixels(2, 9, 0, 9, 1), false],
  [pixels(2, 9, 1, 9, 0), false],
  [pixels(4, 1, 2, 3, 0), true],
  [pixels(4, 0, 0, 0, 1), false],
  [pixels(1, 0, 0), false],
  [pixels(3, 0, 0, 0), false],
])('%j shows nothing: %s', (picture, expected) => {
  expect(isEmpty(picture)).toBe(expected);
});

test('grey becomes red, green and blue, and its alpha stays', () => {
  expect(samplesOf(toRgb(pixels(1, 7, 8)))).toEqual([3, 7, 7, 7, 8, 8, 8]);
  expect(samplesOf(toRgb(pixels(2, 7, 1, 8, 2)))).toEqual([4, 7, 7, 7, 1, 8, 8, 8, 2]);
  for (const picture of [pixels(3, 1, 2, 3), pixels(4, 1, 2, 3, 4)]) expect(toRgb(picture)).toBe(picture);
});

test('a picture that has its size already is not scaled, and any other is stretched to it', async () => {
  const picture: Pixels = { data: Buffer.alloc(8, 9), width: 4, height: 2, channels: 1 };
  expect(await resize(picture, { width: 4, height: 2 })).toBe(picture);
  for (const size of [
    { width: 4, height: 1 },
    { width: 2, height: 2 },
    { width: 1, height: 2 },
  ]) {
    const { width, height, data } = await raw(from(await resize(picture, size)).toColourspace('b-w'));
    expect({ width, height }).toEqual(size);
    expect([...data]).toEqual(Array(size.width * size.height).fill(9));
  }
});
