import { ImageTooLarge } from '../../../../contract/errors';
import {
  assertDimensions,
  assertFitsMemory,
  assertWithin,
  type Limits,
} from '../../../../functions/lib/image/limits';

const limits: Limits = { bytes: 50_000_000, pixels: 50_000_000, side: 16_384 };

describe('a limit', () => {
  test.each<[keyof Limits, string]>([
    ['bytes', 'The file has 50,000,001 bytes; at most 50,000,000 are allowed. Upload a smaller image.'],
    ['pixels', 'The image has 50,000,001 pixels; at most 50,000,000 are allowed. Upload a smaller image.'],
    [
      'side',
      'One side of the image is 16,385 pixels long; at most 16,384 are allowed. Upload a smaller image.',
    ],
  ])(
    'of %s is allowed and one more refused, with a message for the person who uploaded it',
    (what, message) => {
      expect(() => assertWithin(what, limits[what], limits)).not.toThrow();
      expect(() => assertWithin(what, limits[what] + 1, limits)).toThrow(new ImageTooLarge(message));
    },
  );
});

describe('the dimensions of an image', () => {
  const image = { width: 8_000, height: 6_000 };

  test.each([
    ['One side', { ...image, width: 16_385, height: 1 }],
    ['One side', { ...image, width: 1, height: 16_385 }],
    ['pixels', { ...image, width: 10_000, height: 10_000 }],
    ['pixels', { width: 10, height: 10, coded: { width: 10_000, height: 10_000 } }],
  ])('are refused if %s alone exceeds its limit', (what, dimensions) => {
    expect(() => assertDimensions(dimensions, limits)).toThrow(what);
  });

  test('are accepted up to each limit', () => {
    expect(() => assertDimensions({ width: 16_384, height: 3_051 }, limits)).not.toThrow();
  });
});

describe('the memory of a function', () => {
  const DEFAULT = 1769;

  test('bears an AVIF of a camera of 64 megapixels, and not one of 108, which says so', () => {
    const avif = { format: 'avif', width: 9_280, height: 6_944 } as const;
    expect(() => assertFitsMemory(avif, DEFAULT)).not.toThrow();
    expect(() => assertFitsMemory({ ...avif, width: 12_032, height: 9_024 }, DEFAULT)).toThrow(
      new ImageTooLarge(
        'The image has 108,576,768 pixels; at most 66,181,277 are allowed in this format, which takes much memory to decode. Upload a smaller image or a JPEG.',
      ),
    );
  });

  test('bears the pixels that the message names, and not one more', () => {
    const avif = { format: 'avif', height: 1 } as const;
    expect(() => assertFitsMemory({ ...avif, width: 66_181_277 }, DEFAULT)).not.toThrow();
    expect(() => assertFitsMemory({ ...avif, width: 66_181_278 }, DEFAULT)).toThrow(ImageTooLarge);
  });

  test('is held against what is decoded, which may be more than what is shown', () => {
    const cropped = {
      format: 'avif',
      width: 10,
      height: 10,
      coded: { width: 12_032, height: 9_024 },
    } as const;
    expect(() => assertFitsMemory(cropped, DEFAULT)).toThrow(ImageTooLarge);
  });

  test('bears more where there is more', () => {
    expect(() => assertFitsMemory({ format: 'avif', width: 12_032, height: 9_024 }, 3_008)).not.toThrow();
  });

  test.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)('bears any %s up to limits.pixels', (format) => {
    expect(() => assertFitsMemory({ format, width: 12_032, height: 9_024 }, DEFAULT)).not.toThrow();
  });
});
