import fc from 'fast-check';
import { attribute, json, prefixOf, printable, size, uri } from '../../contract/message';

/** What SNS and SQS carry: characters of XML 1.0, section 2.2. */
const XML = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Any UTF-16 at all, surrogates without their partner included. */
const anything = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom(
      '/',
      '\0',
      '\n',
      '\r',
      '\u001b[31m',
      '\u2028',
      '\ud800',
      '\udc00',
      '\uffff',
      '\ufeff',
      '🗼',
      '%',
      '"',
    ),
  ),
  maxLength: 40,
});

describe('text made printable', () => {
  test('is legal in a message, in an attribute and on one line, whatever it was', () => {
    fc.assert(
      fc.property(anything, (text) => {
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
    ['\u0000\u007f\u0085\u2028\u2029\ufffe\uffff', '\\u0000\\u007f\\u0085\\u2028\\u2029\\ufffe\\uffff'],
  ])('%j shows what it held', (text, clean) => {
    expect(printable(text)).toBe(clean);
  });

  test.each(['uploads/Größe + 100%20/東京 🗼.jpeg', '👩‍👩‍👧 שלום', 'a\\b "c" <d> & é', ''])(
    '%j stays as it is',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );
});

test('JSON holds the text whole, in characters that a message can carry', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(JSON.parse(json({ text }))).toEqual({ text });
      expect(json({ text })).toMatch(XML);
    }),
    { numRuns: 500 },
  );
});

describe('the prefix attribute of a key', () => {
  test.each([
    ['uploads/2026/canyon.jpg', 'uploads/2026/'],
    ['canyon.jpg', '/'],
    ['/canyon.jpg', '/'],
    ['uploads/', 'uploads/'],
    ['uploads//canyon.jpg', 'uploads//'],
    ['', '/'],
    ['東京/🗼/x.jpg', '東京/🗼/'],
  ])('of %j is %j', (key, prefix) => {
    expect(prefixOf(key)).toBe(prefix);
  });

  test('is one SNS takes for any key: never empty, and legal', () => {
    fc.assert(
      fc.property(anything, (key) => {
        expect(prefixOf(key)).toMatch(XML);
        expect(prefixOf(key)).toMatch(/\/$/);
      }),
      { numRuns: 500 },
    );
  });
});

test('a URI is readable: plain, on one line', () => {
  expect(uri({ bucket: 'bucket', key: 'a b/東京\n.jpg' })).toBe('s3://bucket/a b/東京\\u000a.jpg');
});

describe('a size', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1 KB'],
    [1_234, '1.23 KB'],
    [10_000, '10 KB'],
    [100_000, '100 KB'],
    [466_123, '466 KB'],
    [999_499, '999 KB'],
    [999_500, '1 MB'],
    [999_999, '1 MB'],
    [1_000_000, '1 MB'],
    [31_457_280, '31.5 MB'],
    [120_000_000, '120 MB'],
    [5_368_709_120, '5370 MB'],
  ])('of %d bytes reads %j', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });

  test('of any number of bytes is within half a percent and readable', () => {
    const units: Record<string, number> = { bytes: 1, KB: 1_000, MB: 1_000_000 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1024 ** 4 }), (bytes) => {
        expect(size(bytes)).toMatch(/^\d+(\.\d\d?)? (bytes|KB|MB)$/);
        const [value, unit = ''] = size(bytes).split(' ');
        expect(Math.abs((Number(value) * (units[unit] as number)) / bytes - 1)).toBeLessThanOrEqual(0.00501);
      }),
    );
  });
});

test('an attribute is a string attribute of SNS', () => {
  expect(attribute('DONE')).toEqual({ DataType: 'String', StringValue: 'DONE' });
});
