import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { OutputFormat } from '../../../../contract/formats';
import { thumbnailFolders } from '../../../../contract/thumbnail-folder';
import { sourceKeyOf, thumbnailKey } from '../../../../functions/lib/image/thumbnail-key';
import { anyText } from '../../../contract/any-text';

const keyOf = (sourceKey: string, prefix = '') => thumbnailKey(prefix, sourceKey, 'small', 'jpeg');
const FILE = '/small.jpg';

test.each<[OutputFormat, string]>([
  ['jpeg', 'uploads/canyon.png/small.jpg'],
  ['png', 'uploads/canyon.png/small.png'],
  ['webp', 'uploads/canyon.png/small.webp'],
  ['avif', 'uploads/canyon.png/small.avif'],
  ['gif', 'uploads/canyon.png/small.gif'],
])('a thumbnail as %s has the source key, the variant and the extension', (format, key) => {
  expect(thumbnailKey('', 'uploads/canyon.png', 'small', format)).toBe(key);
});

test.each(['canyon.jpg', 'IMG_1234.JPG', 'a/b-c/2026.11.28/x.tar.png', '.hidden.jpg', '...', 'a..b.jpg'])(
  'an ordinary name stays as it is: %s',
  (key) => {
    expect(keyOf(key)).toBe(`${key}${FILE}`);
    expect(keyOf(key, 'thumbs/')).toBe(`thumbs/${key}${FILE}`);
  },
);

test.each([
  ['a b.jpg', 'a~20b.jpg'],
  ['a+b.jpg', 'a~2Bb.jpg'],
  ['a(1).jpg', 'a~281~29.jpg'],
  ['ä.jpg', '~C3~A4.jpg'],
  ['日本.jpg', '~E6~97~A5~E6~9C~AC.jpg'],
  ['100%.jpg', '100~25.jpg'],
  ['a%20b.jpg', 'a~2520b.jpg'],
  ['photo~1.jpg', 'photo~7E1.jpg'],
  ['~20.jpg', '~7E20.jpg'],
  ["it's!*.jpg", 'it~27s~21~2A.jpg'],
  ['a\\b.jpg', 'a~5Cb.jpg'],
  ['a\0\n.jpg', 'a~00~0A.jpg'],
  ['/a.jpg', '~/a.jpg'],
  ['//evil.example/a.jpg', '~/~/evil.example/a.jpg'],
  ['a//b.jpg', 'a/~/b.jpg'],
  ['a/', 'a/~'],
  ['', '~'],
  ['./a.jpg', '~2E/a.jpg'],
  ['../../a.jpg', '~2E~2E/~2E~2E/a.jpg'],
])('%j is written so that a URL takes it as it is: %s', (key, written) => {
  expect(keyOf(key)).toBe(`${written}${FILE}`);
  expect(sourceKeyOf('', keyOf(key))).toBe(key);
});

describe('a key that would exceed 1,024 bytes', () => {
  const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

  test('keeps its beginning and ends in a digest; one of 1,024 bytes stays whole', () => {
    const fits = 'k'.repeat(1024 - FILE.length);
    expect(keyOf(fits)).toBe(`${fits}${FILE}`);
    expect(keyOf(`${fits}k`)).toBe(`${'k'.repeat(512)}~~${hashOf(`${fits}k`)}${FILE}`);
  });

  test('counts the prefix and the escapes', () => {
    const fits = 'k'.repeat(1024 - FILE.length - 'thumbs/'.length);
    expect(keyOf(fits, 'thumbs/')).toBe(`thumbs/${fits}${FILE}`);
    expect(keyOf(`${fits}k`, 'thumbs/')).toMatch(/^thumbs\/k{512}~~[0-9a-f]{64}\/small\.jpg$/);
    const escaped = '京'.repeat(Math.floor((1024 - FILE.length) / 9));
    expect(keyOf(escaped)).not.toContain('~~');
    expect(keyOf(`${escaped}京`)).toMatch(/^(~[\dA-F]{2}){170}~~[0-9a-f]{64}\/small\.jpg$/);
  });

  test('says no longer of which object it is', () => {
    expect(sourceKeyOf('', keyOf('k'.repeat(1024)))).toBeNull();
  });
});

test.each([
  ['with a character that should be escaped', 'a b.jpg/small.jpg'],
  ['with an escape that is not needed', '~61.jpg/small.jpg'],
  ['with an escape in lower case', '~c3~a4.jpg/small.jpg'],
  ['with an escape that is not UTF-8', '~FF.jpg/small.jpg'],
  ['with an empty segment', '/evil.example/a.jpg/small.jpg'],
  ['with a dot segment', '../a.jpg/small.jpg'],
  ['without a source key', 'small.jpg'],
])('no source key has a thumbnail %s', (_, key) => {
  expect(sourceKeyOf('', key)).toBeNull();
});

test('a key without the prefix belongs to no thumbnail', () => {
  expect(sourceKeyOf('thumbs/', 'uploads/a.jpg/small.jpg')).toBeNull();
});

describe('whatever the source key', () => {
  const piece = fc.oneof(
    fc.constantFrom('', '.', '..', '/', '~', '~~', '%', 'a', '20', '2E', '7E', ' ', 'ä', '日', '🗼'),
    anyText.map((text) => text.replace(/\p{Cs}/gu, '\ufffd')),
  );
  const short = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const long = fc.tuple(short, fc.integer({ min: 0, max: 1024 })).map(([text, n]) => text + 'k'.repeat(n));
  const anyKey = fc.oneof(short, long);
  const prefix = fc.constantFrom('', 'thumbs/', 't', 'a~', `${'p'.repeat(199)}/`);

  test('a URL has nothing to encode and loses no segment, and S3 takes the key', () => {
    fc.assert(
      fc.property(prefix, anyKey, (start, key) => {
        const made = keyOf(key, start);
        expect(made).toMatch(/^[A-Za-z0-9._~/-]{1,1024}$/);
        for (const segment of made.split('/')) expect(segment).not.toMatch(/^\.{0,2}$/);
        expect(new URL(`https://cdn.example/${made}`).pathname).toBe(`/${made}`);
      }),
    );
  });

  test('it can be read again, unless it was shortened', () => {
    fc.assert(
      fc.property(prefix, anyKey, (start, key) => {
        const made = keyOf(key, start);
        const isShortened = made.slice(start.length).includes('~~');
        expect(sourceKeyOf(start, made)).toBe(isShortened ? null : key);
      }),
    );
  });

  test('its thumbnails have keys of their own', () => {
    fc.assert(
      fc.property(prefix, anyKey, anyKey, (start, one, other) => {
        fc.pre(one !== other);
        const keys = [
          keyOf(one, start),
          keyOf(other, start),
          thumbnailKey(start, one, 'small', 'png'),
          thumbnailKey(start, one, 'large', 'jpeg'),
        ];
        expect(new Set(keys).size).toBe(4);
      }),
    );
  });
});

describe('the folders of an image', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  test('hold its thumbnails directly, and those of no other image', () => {
    const key = fc.oneof(
      anyText.filter((text) => text !== ''),
      fc.tuple(anyText, fc.integer({ min: 900, max: 1024 })).map(([text, n]) => text + 'k'.repeat(n)),
    );
    const variant = fc.constantFrom('s', 'v'.repeat(32));
    fc.assert(
      fc.property(fc.constantFrom('', 'thumbs/'), key, key, variant, (prefix, one, other, name) => {
        fc.pre(one !== other);
        const folders = thumbnailFolders(prefix, one, sha256);
        const isIn = (made: string) => folders.includes(made.slice(0, made.lastIndexOf('/') + 1));
        for (const format of ['jpeg', 'webp'] as const) {
          expect(isIn(thumbnailKey(prefix, one, name, format))).toBe(true);
          expect(isIn(thumbnailKey(prefix, other, name, format))).toBe(false);
        }
      }),
    );
  });

  test('are two only if a variant with the longest name needs the shortened one', () => {
    // 1,024 bytes: the key, a slash, 32 characters, a dot and "webp".
    expect(thumbnailFolders('', 'k'.repeat(986), sha256)).toEqual([`${'k'.repeat(986)}/`]);
    expect(thumbnailFolders('', 'k'.repeat(987), sha256)).toHaveLength(2);
    const longest = thumbnailKey('', 'k'.repeat(986), 'v'.repeat(32), 'webp');
    expect(longest).toHaveLength(1024);
  });
});
