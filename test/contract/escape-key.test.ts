import fc from 'fast-check';
import { escapedBeginnings, escapeKey, unescapeKey } from '../../contract/escape-key';
import { anyText } from './any-text';

const wellFormed = anyText.map((text) => text.replace(/\p{Cs}/gu, '\ufffd'));

test('a URL has nothing to encode in an escaped key, and the key can be read again', () => {
  fc.assert(
    fc.property(wellFormed, (key) => {
      expect(escapeKey(key)).toMatch(/^[A-Za-z0-9._~/-]+$/);
      expect(escapeKey(key)).not.toContain('~~');
      expect(unescapeKey(escapeKey(key))).toBe(key);
    }),
  );
});

test("text that isn't an escaped key is not read as one", () => {
  fc.assert(
    fc.property(wellFormed, (text) => {
      const key = unescapeKey(text);
      if (key !== null) expect(escapeKey(key)).toBe(text);
    }),
  );
});

test('an escape is a tilde and two upper-case digits, also that of a tilde and of what JavaScript would leave', () => {
  expect(escapeKey("a~b/*!'().jpg")).toBe('a~7Eb/~2A~21~27~28~29.jpg');
});

test('half of a character is escaped as S3 gets it', () => {
  expect(escapeKey('a\ud83d.jpg')).toBe('a~EF~BF~BD.jpg');
});

describe('what the escaped forms of keys begin with', () => {
  test.each([
    ['', ['']],
    ['a b', ['a~20b']],
    ['a/', ['a/']],
    ['/', ['~/']],
    ['a//', ['a/~/']],
    ['a/.', ['a/~2E', 'a/.']],
    ['..', ['~2E~2E', '..']],
    ['./x', ['~2E/x']],
  ])('that begin with "%s"', (text, beginnings) => {
    expect(escapedBeginnings(text)).toEqual(beginnings);
  });

  test('covers every key that begins with the text', () => {
    const part = fc.oneof(wellFormed, fc.constantFrom('.', '..', '/', './', '../', 'a', ''));
    fc.assert(
      fc.property(part, part, (text, rest) => {
        const escaped = escapeKey(text + rest);
        const covered = escapedBeginnings(text).some((beginning) => escaped.startsWith(beginning));
        expect(covered).toBe(true);
      }),
    );
  });
});
