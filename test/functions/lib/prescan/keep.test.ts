import { Keep } from '../../../../functions/lib/prescan/keep';

const BYTES = Uint8Array.from([0, 1, 2, 3, 4, 5]);
const kept = (use: (keep: Keep) => void) => {
  const keep = new Keep(BYTES);
  use(keep);
  return keep.result();
};

test('nothing is copied if all of the file is kept', () => {
  expect(
    kept((keep) => {
      keep.range(0, 2);
      keep.range(2, 5);
      keep.replace(5, BYTES.subarray(5, 6));
    }),
  ).toBe(BYTES);
  expect(kept((keep) => keep.range(0, 9))).toBe(BYTES);
});

test.each<[string, (keep: Keep) => void, number[]]>([
  ['nothing', () => {}, []],
  ['all but the end', (keep) => keep.range(0, 5), [0, 1, 2, 3, 4]],
  ['all but the beginning', (keep) => keep.range(1, 6), [1, 2, 3, 4, 5]],
  ['all but the middle', (keep) => [keep.range(0, 2), keep.range(4, 9)], [0, 1, 4, 5]],
  ['an empty range', (keep) => [keep.range(0, 1), keep.range(3, 3), keep.range(5, 6)], [0, 5]],
  [
    'something between two ranges that touch',
    (keep) => [keep.range(0, 2), keep.insert(Uint8Array.of(9)), keep.range(2, 4)],
    [0, 1, 9, 2, 3],
  ],
  [
    'all of the file with something at its end',
    (keep) => [keep.range(0, 6), keep.insert(Uint8Array.of(9))],
    [0, 1, 2, 3, 4, 5, 9],
  ],
  [
    'other bytes in place of some',
    (keep) => [keep.range(0, 2), keep.replace(2, Uint8Array.of(8, 9)), keep.range(4, 6)],
    [0, 1, 8, 9, 4, 5],
  ],
  [
    'bytes of the file in place of others of it',
    (keep) => [keep.range(0, 2), keep.replace(2, BYTES.subarray(4, 6)), keep.range(4, 6)],
    [0, 1, 4, 5, 4, 5],
  ],
])('%s', (_, use, expected) => {
  expect([...kept(use)]).toEqual(expected);
});
