import fc from 'fast-check';
import { sourceKeyOf, thumbnailKey } from '../../../functions/lib/image/thumbnail-key';
import { type PathSettings, wantedBy } from '../../../functions/render/path';
import { anyCharacter } from '../../fixtures/characters';
import { presetOf, UPLOADS, variantOf } from '../support';

const small = variantOf({ name: 'small' });
const web = variantOf({ name: 'web', format: 'webp', lazy: true });
const settings: PathSettings = {
  presets: [
    { ...presetOf(small, web), prefix: 'uploads/' },
    { ...presetOf(web), name: 'avatars', prefix: 'uploads/avatars/' },
  ],
  background: '#ffffff',
  prefix: 'thumbnails/',
  maxSideFromName: 0,
  accepted: ['jpeg', 'png'],
  uploads: { bucket: UPLOADS, prefix: 'uploads/', suffixes: ['jpg', 'png'] },
};
const wanted = (source: string, file: string, folder = source) => ({
  key: `thumbnails/${folder}/${file}`,
  original: { bucket: UPLOADS, key: source },
});

describe('a path names a declared variant of an object that the workflow processes', () => {
  test.each([
    ['/thumbnails/uploads/canyon.jpg/small.jpg', wanted('uploads/canyon.jpg', 'small.jpg')],
    ['/thumbnails/uploads/canyon.jpg/small.png', wanted('uploads/canyon.jpg', 'small.png')],
    ['/thumbnails/uploads/CANYON.JPG/web.webp', wanted('uploads/CANYON.JPG', 'web.webp')],
    ['/thumbnails/uploads/a/~/b.png/web.webp', wanted('uploads/a//b.png', 'web.webp', 'uploads/a/~/b.png')],
    ['/thumbnails/uploads/avatars/me.jpg/web.webp', wanted('uploads/avatars/me.jpg', 'web.webp')],
    [
      '/thumbnails/uploads/Gr~C3~B6~C3~9Fe~20~2B~201.jpg/web.webp',
      wanted('uploads/Größe + 1.jpg', 'web.webp', 'uploads/Gr~C3~B6~C3~9Fe~20~2B~201.jpg'),
    ],
    ['/thumbnails/uploads/100~25.jpg/web.webp', wanted('uploads/100%.jpg', 'web.webp', 'uploads/100~25.jpg')],
  ])('%s', (path, expected) => {
    expect(wantedBy(path, settings)).toEqual(expected);
  });
});

test.each(['/thumbnails/uploads/a%7E20b.jpg/web.webp', '/thumbnails/uploads%2Fa~20b.jpg/web.webp'])(
  'a path with escapes is of the key that S3 would look for: %s',
  (path) => {
    expect(wantedBy(path, settings)).toEqual(wanted('uploads/a b.jpg', 'web.webp', 'uploads/a~20b.jpg'));
  },
);

describe('a path names nothing', () => {
  test.each([
    ['without a variant', '/thumbnails/uploads/canyon.jpg'],
    ['of a variant that is not declared', '/thumbnails/uploads/canyon.jpg/huge.jpg'],
    ["of a variant that is not in the key's preset", '/thumbnails/uploads/avatars/me.jpg/small.jpg'],
    ['in a format the variant never has', '/thumbnails/uploads/canyon.jpg/web.jpg'],
    ['in the format of images that are not accepted', '/thumbnails/uploads/canyon.jpg/small.gif'],
    ['with a size instead of a variant', '/thumbnails/uploads/canyon.jpg/4000x4000.jpg'],
    ['of an object with another suffix', '/thumbnails/uploads/canyon.txt/small.jpg'],
    ['of an object without a suffix', '/thumbnails/uploads/jpg/small.jpg'],
    ['of an object that only its folder gives a suffix', '/thumbnails/uploads/a.jpg/b/small.jpg'],
    ['of an object whose first suffix alone is one of images', '/thumbnails/uploads/a.jpg.txt/small.jpg'],
    ["of an object outside the uploads' prefix", '/thumbnails/private/canyon.jpg/small.jpg'],
    ["of an object outside the thumbnails' prefix", '/uploads/canyon.jpg/small.jpg'],
    ['that begins in the wrong case', '/thumbnails/Uploads/canyon.jpg/small.jpg'],
    ['that is empty', '/'],
    ['with a character that keys escape', '/thumbnails/uploads/a%20b.jpg/web.webp'],
    ['with an escape that is not needed', '/thumbnails/uploads/~61.jpg/web.webp'],
    ['with escapes that are not UTF-8', '/thumbnails/uploads/%FF.jpg/web.webp'],
    ['with an empty segment', '/thumbnails/uploads//b.png/web.webp'],
  ])('%s', (_, path) => {
    expect(wantedBy(path, settings)).toBeNull();
  });
});

test('an object whose whole key is a suffix has none', () => {
  const anywhere = { ...settings, prefix: '', uploads: { ...settings.uploads, prefix: '' } };
  const presets = [presetOf(small)];
  expect(wantedBy('/a.jpg/small.jpg', { ...anywhere, presets })).not.toBeNull();
  expect(wantedBy('/jpg/small.jpg', { ...anywhere, presets })).toBeNull();
});

test('a key that no preset is for has no variants', () => {
  const presets = [{ ...presetOf(small), prefix: 'uploads/photos/' }];
  expect(wantedBy('/thumbnails/uploads/photos/a.jpg/small.jpg', { ...settings, presets })).not.toBeNull();
  expect(wantedBy('/thumbnails/uploads/a.jpg/small.jpg', { ...settings, presets })).toBeNull();
});

test('settings that cannot be read are an error, and no missing thumbnail', () => {
  const presets = undefined as never;
  expect(() => wantedBy('/thumbnails/uploads/a.jpg/small.jpg', { ...settings, presets })).toThrow(TypeError);
});

test('a key that was shortened is of no object that could be found', () => {
  const source = `uploads/${'x'.repeat(1010)}.jpg`;
  expect(wantedBy(`/${thumbnailKey('thumbnails/', source, small.name, 'jpeg')}`, settings)).toBeNull();
});

test('a name that asks for a size has only the first variant', () => {
  const sized = { ...settings, maxSideFromName: 400 };
  expect(wantedBy('/thumbnails/uploads/canyon-40x30.jpg/small.jpg', sized)).not.toBeNull();
  expect(wantedBy('/thumbnails/uploads/canyon-40x30.jpg/web.webp', sized)).toBeNull();
  expect(wantedBy('/thumbnails/uploads/canyon-4000x3000.jpg/web.webp', sized)).not.toBeNull();
});

const piece = fc.oneof(
  fc.constantFrom(
    'thumbnails',
    'uploads',
    'a.jpg',
    'small.jpg',
    'web.webp',
    '..',
    '.',
    '',
    '%2e%2e',
    '%2F',
    '%',
    '~',
    '~2E~2E',
    '\0',
  ),
  fc.string({ unit: anyCharacter, maxLength: 12 }),
);

test('every path gives only keys below the two prefixes', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const found = wantedBy(`/${pieces.join('/')}`, settings);
      if (!found) return;
      expect(found.key.startsWith('thumbnails/uploads/')).toBe(true);
      expect(found.original.bucket).toBe(UPLOADS);
      expect(found.original.key.startsWith('uploads/')).toBe(true);
      expect(sourceKeyOf('thumbnails/', found.key)).toBe(found.original.key);
    }),
    { numRuns: 300 },
  );
});

test('every key of a declared variant is found by the path of its URL', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(name, (text) => {
      const source = `uploads/b/${text}.jpg`;
      const key = thumbnailKey('thumbnails/', source, web.name, 'webp');
      expect(wantedBy(`/${key}`, settings)).toEqual({ key, original: { bucket: UPLOADS, key: source } });
    }),
    { numRuns: 200 },
  );
});
