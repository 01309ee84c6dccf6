import fc from 'fast-check';
import { escapeKey, unescapeKey } from '../../contract/escape-key';
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

test('half of a character is escaped as S3 gets it', () => {
  expect(escapeKey('a\ud83d.jpg')).toBe('a~EF~BF~BD.jpg');
});
