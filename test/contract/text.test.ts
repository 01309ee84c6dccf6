import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { either, plural, printable, shellWord } from '../../contract/text';
import { anyText, XML } from './any-text';

describe('text made printable', () => {
  test('is legal in messages and attributes and fits on one line, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = printable(text);
        expect(clean).toMatch(XML);
        expect(clean).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['two\r\nlines', 'two\\u000d\\u000alines'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['half \ud83d a pair', 'half \\ud83d a pair'],
    ['in\u200bvis\u00adi\u2060ble\ufeff', 'in\\u200bvis\\u00adi\\u2060ble\\ufeff'],
    ['a\u180e\u3164\uffa0\u206a\ufff9b', 'a\\u180e\\u3164\\uffa0\\u206a\\ufff9b'],
    ['a\u{e0065}\u{e0100}b', 'a\\udb40\\udc65\\udb40\\udd00b'],
    ['\u0000\u007f\u0085\u2028\u2029\ufffe\uffff', '\\u0000\\u007f\\u0085\\u2028\\u2029\\ufffe\\uffff'],
  ])('%j shows what was replaced', (text, clean) => {
    expect(printable(text)).toBe(clean);
  });

  test.each(['uploads/Größe + 100%20/東京 🗼.jpeg', '👩‍👩‍👧 ❤️ שלום', 'a\\b "c" <d> & é', ''])(
    '%j stays as it is',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );
});

test.each([
  [0, '0 images'],
  [1, '1 image'],
  [2, '2 images'],
  [5_000, '5,000 images'],
])('%d of a noun reads %j', (count, text) => {
  expect(plural(count, 'image')).toBe(text);
});

test('choices read as a sentence', () => {
  expect(either(['JPEG'])).toBe('JPEG');
  expect(either(['JPEG', 'PNG'])).toBe('JPEG or PNG');
  expect(either(['JPEG', 'PNG', 'WebP'])).toBe('JPEG, PNG, or WebP');
});

describe('a word for a shell', () => {
  test('is quoted only if it needs to be', () => {
    expect(shellWord('s3://bucket/a-b_c.jpg')).toBe('s3://bucket/a-b_c.jpg');
    expect(shellWord("it's")).toBe("'it'\\''s'");
    expect(shellWord('')).toBe("''");
  });

  test('reaches a program as it is, whatever it holds', () => {
    const words = [
      '~',
      '$HOME',
      '`id`',
      '*',
      'a b',
      '"',
      "'",
      '\\',
      '!x',
      '#',
      ';',
      '&',
      'a\nb',
      '<>',
      '{a,b}',
    ];
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
    expect(execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(words);
  });
});
