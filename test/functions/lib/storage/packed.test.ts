import { gzipSync } from 'node:zlib';
import { isPacked, unpacked } from '../../../../functions/lib/storage/packed';

test.each([
  ['gzip', true],
  ['GZip', true],
  ['aws-chunked,gzip', true],
  ['gzip, br', true],
  ['br', false],
  ['gzipped', false],
  ['notgzip', false],
  ['', false],
  [undefined, false],
])('Content-Encoding: %s means packed with gzip: %p', (ContentEncoding, expected) => {
  expect(isPacked({ ContentEncoding })).toBe(expected);
});

describe('bytes stored as gzip', () => {
  const limits = { bytes: 100, pixels: 1, side: 1 };

  test.each([
    ['the first byte of gzip alone', [0x1f, 0x50]],
    ['the second alone', [0x50, 0x8b]],
    ['only one byte', [0x1f]],
    ['nothing', []],
  ])('that are %s were never packed, and stay as they are', (_, given) => {
    const bytes = Uint8Array.from(given);
    expect(unpacked(bytes, limits)).toBe(bytes);
  });

  test('that are damaged are corrupt because of what zlib says', () => {
    const damaged = gzipSync('an image').subarray(0, -4);
    expect(() => unpacked(damaged, limits)).toThrow(
      expect.objectContaining({
        name: 'CorruptImage',
        cause: expect.objectContaining({ message: 'unexpected end of file' }),
      }),
    );
  });
});
