import { shortenedKey, thumbnailFolders } from '../../contract/thumbnail-folder';

const sha256 = (text: string) => `hash-of-${text.length}`;

test('thumbnails are in a folder with the name of the image, escaped, behind the prefix', () => {
  expect(thumbnailFolders('thumbs/', 'a b/c.jpg', sha256)).toEqual(['thumbs/a~20b/c.jpg/']);
});

test('if the longest key could be longer than 1,024 bytes, some are in a shortened folder', () => {
  // A folder of 987 bytes and a file name of 37.
  const fits = 'k'.repeat(979);
  expect(thumbnailFolders('thumbs/', fits, sha256)).toEqual([`thumbs/${fits}/`]);
  const longer = `${fits}k`;
  expect(thumbnailFolders('thumbs/', longer, sha256)).toEqual([
    `thumbs/${longer}/`,
    `thumbs/${'k'.repeat(512)}~~hash-of-980/`,
  ]);
});

test.each([
  ['whole', `${'k'.repeat(509)} z`, `${'k'.repeat(509)}~20`],
  ['cut after its first digit', `${'k'.repeat(510)} z`, 'k'.repeat(510)],
  ['cut before its digits', `${'k'.repeat(511)} z`, 'k'.repeat(511)],
])(
  'an escape at the end of a shortened folder is kept if it is whole, and left out if it is cut: %s',
  (_, key, beginning) => {
    expect(shortenedKey(key, sha256)).toBe(`${beginning}~~hash-of-${key.length}`);
  },
);
