import { boundedProfile, NO_TAG, unboundedTags } from '../../../../functions/lib/prescan/icc';

/** A profile whose tags have this content. */
function profile(contents: readonly string[], count = contents.length): Buffer {
  const table = contents.map((_, i) => {
    const entry = Buffer.alloc(12);
    entry.write(`tag${i}`.slice(0, 4), 'latin1');
    entry.writeUInt32BE(132 + contents.length * 12 + i * 8, 4);
    entry.writeUInt32BE(8, 8);
    return entry;
  });
  const header = Buffer.alloc(132);
  header.writeUInt32BE(count, 128);
  return Buffer.concat([header, ...table, ...contents.map((text) => Buffer.from(text.padEnd(8, '\0')))]);
}

test('chains of processing elements are found wherever they are, and renamed', () => {
  const bytes = profile(['curv', 'mpet', 'XYZ ', 'mpet']);
  expect(unboundedTags(bytes)).toEqual([132 + 12, 132 + 36]);
  const bounded = Buffer.from(boundedProfile(bytes)!);
  const names = [0, 1, 2, 3].map((i) => bounded.toString('latin1', 132 + i * 12, 136 + i * 12));
  expect(names).toEqual(['tag0', NO_TAG, 'tag2', NO_TAG]);
  expect(bounded).toHaveLength(bytes.length);
  expect(bytes.toString('latin1', 144, 148)).toBe('tag1');
  expect(unboundedTags(Buffer.from(bytes).fill('none', 144, 148))).toEqual([144, 168]);
});

test('a profile without any is the same array', () => {
  const bytes = profile(['curv', 'mpes']);
  expect(boundedProfile(bytes)).toBe(bytes);
});

test.each([
  [100, []],
  [101, undefined],
])('%d tags: %p', (count, expected) => {
  expect(unboundedTags(profile(Array(count).fill('curv')))).toEqual(expected);
});

test('more tags than decoders take make no profile', () => {
  expect(boundedProfile(profile(['mpet'], 101))).toBeUndefined();
});

test('a profile that is shorter than it says is read as far as it goes', () => {
  const bytes = profile(['mpet', 'mpet'], 9);
  expect(unboundedTags(bytes)).toEqual([132, 144]);
  expect(unboundedTags(bytes.subarray(0, 130))).toEqual([]);
  const { length } = bytes;
  expect(unboundedTags(profile(['mpet']).subarray(0, 132 + 12 + 3))).toEqual([]);
  expect(unboundedTags(bytes.subarray(0, length - 1))).toEqual([132, 144]);
});
