import fc from 'fast-check';
import { sizeFromName } from '../../../../functions/lib/image/size-from-name';
import { anyCharacter } from '../../../fixtures/characters';

const MAX = 2000;

test.each<[string, number, number]>([
  ['canyon-400x400.jpg', 400, 400],
  ['holiday/2026/canyon-400x300.jpeg', 400, 300],
  ['canyon-1x2000.JPG', 1, 2000],
  ['a-10x10-20x30.jpg', 20, 30],
  ['-5x6.png', 5, 6],
  ['Größe 京-64x64.webp', 64, 64],
])('%s asks for %d × %d', (key, width, height) => {
  expect(sizeFromName(key, MAX)).toEqual({ width, height });
});

test.each([
  ['canyon.jpg', 'no size'],
  ['canyon-400.jpg', 'one side'],
  ['canyon-400x.jpg', 'one side and an x'],
  ['canyon-x400.jpg', 'a height alone'],
  ['canyon400x400.jpg', 'no hyphen before it'],
  ['canyon_400x400.jpg', 'another sign before it'],
  ['canyon-400X400.jpg', 'a large X'],
  ['canyon-400x400-edited.jpg', 'a size that is not at the end'],
  ['canyon-400x400', 'no ending'],
  ['canyon-400x400.tar.gz', 'two endings'],
  ['canyon-400x400.jpg/original.png', 'a size in the name of a folder'],
  ['canyon-400x400.jpg/', 'a folder'],
  ['canyon-0x400.jpg', 'a side of nothing'],
  ['canyon-0400x400.jpg', 'a leading zero'],
  ['canyon-2001x400.jpg', 'a width above the maximum'],
  ['poster-4961x7016.jpg', 'both sides above the maximum'],
  ['canyon-400x100000.jpg', 'more digits than any image has'],
  ['canyon--400x-400.jpg', 'a negative side'],
  ['canyon-4.5x4.5.jpg', 'a fraction'],
  ['canyon-1e3x1e3.jpg', 'an exponent'],
  ['canyon-٤٠٠x٤٠٠.jpg', 'digits of another script'],
  ['', 'nothing at all'],
])('%s asks for no size: %s', (key) => {
  expect(sizeFromName(key, MAX)).toBeNull();
});

test('no name asks for a size if the maximum is 0', () => {
  expect(sizeFromName('canyon-1x1.jpg', 0)).toBeNull();
});

describe('whatever the key', () => {
  /** Keys of up to 1,024 bytes, which is S3's limit, made of parts of the pattern and of anything else. */
  const part = fc.oneof(
    fc.constantFrom(
      '-',
      'x',
      '.',
      '/',
      '0',
      '4',
      '400',
      '-400x400',
      '-1x1.',
      '99999',
      '\n',
      '\u2028',
      '\ud83d',
    ),
    fc.string({ unit: anyCharacter, maxLength: 4 }),
  );
  const keys = fc.array(part, { maxLength: 400 }).map((parts) => parts.join('').slice(0, 1024));

  test('it asks for whole pixels up to the maximum, or for nothing', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 0, max: 10_000 }), (key, max) => {
        const size = sizeFromName(key, max);
        if (size === null) return true;
        const whole = [size.width, size.height].every(
          (side) => Number.isInteger(side) && side >= 1 && side <= max,
        );
        return whole && key.slice(key.lastIndexOf('/') + 1).includes(`-${size.width}x${size.height}.`);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a size at its end is found behind anything', () => {
    const side = fc.integer({ min: 1, max: MAX });
    fc.assert(
      fc.property(keys, side, side, (key, width, height) => {
        expect(sizeFromName(`${key}-${width}x${height}.jpg`, MAX)).toEqual({ width, height });
      }),
    );
  });

  test.each(['-1x1.', '-1x1', '-', '1x', '-99999x99999.'])('a thousand of %j take no time', (text) => {
    const keys = Array.from({ length: 1_000 }, (_, n) => `${text.repeat(200)}/${n}`);
    // This would take seconds if the pattern backtracked.
    expect(keys.filter((key) => sizeFromName(key, MAX) !== null)).toEqual([]);
  });
});
