import { count, moment, port, positive, within } from '../../../cli/lib/options';
import { tally } from '../../../cli/lib/words';
import { assertConfirmed, requestIn } from '../../../cli/replay/request';

const NOW = new Date('2026-11-21T05:30:00.000Z');

test.each([
  ['90m', '2026-11-21T04:00:00.000Z'],
  ['1.5h', '2026-11-21T04:00:00.000Z'],
  ['3d', '2026-11-18T05:30:00.000Z'],
  ['30s', '2026-11-21T05:29:30.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-21T05:00Z', '2026-11-21T05:00:00.000Z'],
  ['2026-11-21T06:00+02:00', '2026-11-21T04:00:00.000Z'],
])('%s is a moment', (text, expected) => {
  expect(moment(text, '--since', NOW)).toBe(expected);
});

test.each(['', 'h', '2 h', '-2h', '2w', '21.11.2026', '2026-13-01', '1e3', '9999999999999d'])(
  '"%s" is not a moment',
  (text) => {
    expect(() => moment(text, '--since', NOW)).toThrow('--since');
  },
);

test('a moment in the future is refused', () => {
  expect(() => moment('2026-11-22', '--since', NOW)).toThrow('Expected a time in the past');
  expect(moment('2026-11-21T05:30Z', '--since', NOW)).toBe(NOW.toISOString());
});

test.each<[string, (text: string, option: string) => number, string[], string[]]>([
  ['a positive number', positive, ['0.001', '1e9'], ['0', '-1', 'Infinity', 'x', '']],
  ['a positive whole number', count, ['1', '9007199254740991'], ['0', '1.5', '9007199254740992', '']],
  ['a number within bounds', within(0, 1), ['0', '0.5', '1'], ['-0.001', '1.001', ' ', 'x']],
  ['a port', port, ['0', '65535'], ['65536', '-1', '1.5', '']],
])('%s is read up to its bounds, and refused beyond', (_, read, valid, invalid) => {
  for (const text of valid) expect(read(text, '--option')).toBe(Number(text));
  for (const text of invalid) {
    expect(() => read(text, '--option')).toThrow(`for --option but received "${text}"`);
  }
});

test('an empty prefix means every image, and a key in Base64 means that one image', () => {
  expect(requestIn({ prefix: '' })).toEqual({ by: 'prefix', value: '' });
  const key = 'a\n%25 Größe/写真.jpg';
  for (const encoding of ['base64', 'base64url'] as const) {
    const text = Buffer.from(key).toString(encoding);
    expect(requestIn({ 'key-base64': text })).toEqual({ by: 'key', value: key });
  }
});

test('a thousand images are replayed without asking; more need --yes, and the message says how long they take', () => {
  assertConfirmed(1_000, false, 5);
  assertConfirmed(1_000_000, true, 5);
  expect(() => assertConfirmed(1_001, false, 5)).toThrow('Expected --yes for more than 1,000 images');
  expect(() => assertConfirmed(90_000, false, 5)).toThrow('at 5 a second they take 300 minutes or more');
});

test('names are counted, the most frequent first', () => {
  expect(tally(['a', 'b', 'b'])).toBe('2 b, 1 a');
  expect(tally([])).toBe('');
});
