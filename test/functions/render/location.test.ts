/**
 * Keys and paths are whatever people send. The path of a thumbnail has to stay on the CDN's host wherever it is written as a
 * link or a redirect, or an uploader could send viewers to any site.
 */
import fc from 'fast-check';
import { thumbnailKey } from '../../../functions/lib/image/thumbnail-key';
import { type PathSettings, wantedBy } from '../../../functions/render/path';
import { anyCharacter } from '../../fixtures/characters';
import { presetOf, UPLOADS, variantOf } from '../support';

const CDN = 'https://d111111abcdef8.cloudfront.net';
const large = variantOf({ name: 'large', lazy: true });

/** @param prefix of the thumbnails' keys, as the settings allow it */
const settingsWith = (prefix: string): PathSettings => ({
  presets: [presetOf(large)],
  background: '#ffffff',
  prefix,
  maxSideFromName: 0,
  accepted: ['jpeg'],
  uploads: { bucket: UPLOADS, prefix: '', suffixes: ['jpg'] },
});

/** As a browser follows it from any page of the CDN. */
function expectSameHost(location: string, key: string): void {
  // No character that a browser drops (a tab, a line break), reads as a slash, or that could begin another header.
  expect(location).toMatch(/^\/[A-Za-z0-9._~-][\x21-\x5b\x5d-\x7e]*$/);
  for (const base of [CDN, `${CDN}/a/b/c.jpg?v=1`]) {
    const url = new URL(location, base);
    expect(url.origin).toBe(CDN);
    expect(url.username).toBe('');
    expect(url.pathname).toBe(`/${key}`);
  }
}

/** Pieces of keys that lead elsewhere, if something takes them as parts of a URL. */
// biome-ignore format: as a table
const HOSTILE = [

  '/', '//', '///', '\\', '\\\\', '/\\', '\\/', '.', '..', '../', '/./', '/../', '%2e', '%2E%2e', '%2e%2e/', '%2f', '%2F%2F', '%5c',
  '%252f', '~', '~2F', '~2E~2E', '~~', '\t', '\n', '\r', '\r\n', '\r\nLocation: https://evil.example', '/\t/', '\0', ' ', '\u00a0',
  '\u3002', '\uff0e', '\uff0f', '\u2215', '\u29f8', '\ufe68', '\ufeff', '\u202e', '\ufffe', '\uffff', '\ud800', '@', 'user@', ':', ':80',
  'https:', 'https://', 'javascript:', 'data:text/html,', '?', '#', ';', '&', '=', '%', '%0d%0a', '%00', '"', '<', '>',
  'evil.example', 'x'.repeat(400),
];

const piece = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: anyCharacter, maxLength: 8 }));
const hostileKey = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => `${pieces.join('')}.jpg`);
const prefix = fc.constantFrom('', 'thumbnails/', 't-');

test.each([
  '//evil.example/a.jpg',
  '/\\evil.example/a.jpg',
  '\\\\evil.example\\a.jpg',
  '\t//evil.example/a.jpg',
  '/\t/evil.example/a.jpg',
  '/\n/evil.example/a.jpg',
  '%2f%2fevil.example/a.jpg',
  '..//evil.example/a.jpg',
  './/evil.example/a.jpg',
  '%2e%2e//evil.example/a.jpg',
  '@evil.example/a.jpg',
  ':80@evil.example/a.jpg',
  'https://evil.example/a.jpg',
  '\u3002\u3002/\uff0f/evil.example/a.jpg',
  'a\r\nLocation: https://evil.example/a.jpg',
])('the path of a thumbnail of %j stays on the host', (source) => {
  const key = thumbnailKey('', source, large.name, 'jpeg');
  expect(wantedBy(`/${key}`, settingsWith(''))?.original.key).toBe(source);
  expectSameHost(`/${key}`, key);
});

test('so does that of every key, and it is the thumbnail of that key', () => {
  fc.assert(
    fc.property(hostileKey, prefix, (source, before) => {
      const key = thumbnailKey(before, source, large.name, 'jpeg');
      const wanted = wantedBy(`/${key}`, settingsWith(before));
      expectSameHost(`/${key}`, key);
      // A key that had to be shortened can't be read again.
      if (!wanted) return expect(key).toContain('~~');
      expect(wanted.original.key).toBe(source.replace(/\p{Cs}/gu, '\ufffd'));
    }),
    { numRuns: 500 },
  );
});

test('no path that someone makes up stands for anything but a thumbnail on the same host', () => {
  /** As HTTP can carry it: a request line has no spaces, control characters or line breaks. */
  const sent = fc
    .array(piece, { maxLength: 6 })
    .map((pieces) => encodeURI(pieces.join('').replace(/\p{Cs}/gu, '')));
  fc.assert(
    fc.property(sent, fc.boolean(), (start, escaped) => {
      const file = escaped ? '%2Flarge%2ejpg' : '/large.jpg';
      const wanted = wantedBy(`/${start}a.jpg${file}`, settingsWith(''));
      if (wanted) expectSameHost(`/${wanted.key}`, wanted.key);
    }),
    { numRuns: 500 },
  );
});
