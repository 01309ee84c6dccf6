import fc from 'fast-check';
import { attribute, fileSize, json, prefixOf, uri } from '../../contract/messages/parts';
import { anyText, XML } from './any-text';

test('JSON contains the whole text, in characters that a message may have', () => {
  fc.assert(
    fc.property(anyText, (text) => {
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

  test('is valid for SNS whatever the key: never empty, and only legal characters', () => {
    fc.assert(
      fc.property(anyText, (key) => {
        expect(prefixOf(key)).toMatch(XML);
        expect(prefixOf(key)).toMatch(/\/$/);
      }),
      { numRuns: 500 },
    );
  });
});

test('a URI is readable and on one line', () => {
  expect(uri({ bucket: 'bucket', key: 'a b/東京\n.jpg' })).toBe('s3://bucket/a b/東京\\u000a.jpg');
});

describe('a file size', () => {
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
    expect(fileSize(bytes)).toBe(text);
  });

  test('of any number of bytes is within half a percent and readable', () => {
    const units: Record<string, number> = { bytes: 1, KB: 1_000, MB: 1_000_000 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 * 1024 ** 4 }), (bytes) => {
        expect(fileSize(bytes)).toMatch(/^\d+(\.\d\d?)? (bytes|KB|MB)$/);
        const [value, unit = ''] = fileSize(bytes).split(' ');
        expect(Math.abs((Number(value) * (units[unit] as number)) / bytes - 1)).toBeLessThanOrEqual(0.00501);
      }),
    );
  });
});

test('an attribute is a string attribute of SNS', () => {
  expect(attribute('DONE')).toEqual({ DataType: 'String', StringValue: 'DONE' });
});
