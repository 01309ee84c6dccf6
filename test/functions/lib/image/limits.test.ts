import { ImageTooLarge } from '../../../../contract/errors';
import { assertDimensions, assertWithin, type Limits } from '../../../../functions/lib/image/limits';

const limits: Limits = { bytes: 50_000_000, pixels: 50_000_000, side: 16_384, frames: 1_000 };

describe('a limit', () => {
  test.each<[keyof Limits, string]>([
    ['bytes', 'Expected at most 50,000,000 bytes but received 50,000,001.'],
    ['pixels', 'Expected at most 50,000,000 pixels but received 50,000,001.'],
    ['side', 'Expected at most 16,384 pixels on one side but received 16,385.'],
    ['frames', 'Expected at most 1,000 frames but received 1,001.'],
  ])('of %s is allowed and one more refused, naming limit, value and setting', (what, message) => {
    expect(() => assertWithin(what, limits[what], limits)).not.toThrow();
    expect(() => assertWithin(what, limits[what] + 1, limits)).toThrow(ImageTooLarge);
    expect(() => assertWithin(what, limits[what] + 1, limits)).toThrow(message);
    expect(() => assertWithin(what, limits[what] + 1, limits)).toThrow(`limits.${what} in the settings`);
  });
});

describe('the dimensions of an image', () => {
  const image = { width: 8_000, height: 6_000, frames: 1 };

  test.each([
    ['side', { ...image, width: 16_385, height: 1 }],
    ['side', { ...image, width: 1, height: 16_385 }],
    ['pixels', { ...image, width: 10_000, height: 10_000 }],
    ['frames', { ...image, frames: 1_001 }],
  ])('are refused for %s alone', (what, dimensions) => {
    expect(() => assertDimensions(dimensions, limits)).toThrow(`limits.${what}`);
  });

  test('are accepted up to each limit', () => {
    expect(() => assertDimensions({ width: 16_384, height: 3_051, frames: 1_000 }, limits)).not.toThrow();
  });
});
