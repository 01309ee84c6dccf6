import { quoted, tally } from '../../../cli/lib/words';

test('what AWS has said stays on one line, and forges nothing', () => {
  expect(quoted('  No such\n\tkey:  a\u001b[2J\u202e.jpg \r\n')).toBe('No such key: a\\u001b[2J\\u202e.jpg');
});

test('1,000 characters are quoted whole, and of more the first 1,000', () => {
  expect(quoted('x'.repeat(1_000))).toBe('x'.repeat(1_000));
  expect(quoted('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)} …`);
});

test('names are counted once each, and large counts are easy to read', () => {
  const names = [...Array(1_234).fill('CorruptImage'), 'EmptyObject', ...Array(2).fill('AccessDenied')];
  expect(tally(names)).toBe('1,234 CorruptImage, 2 AccessDenied, 1 EmptyObject');
});
