import { z } from 'zod';
import { flagOr, group, integer, integerOr, list, oneOf } from '../../../stacks/settings/expectations';

/** What is wrong with a value, in words; `accepted` if nothing is. */
function verdict(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  return error?.issues.map(({ path, message }) => [...path, message].join(' ')).join('; ') ?? 'accepted';
}

test.each([
  [2, 'accepted'],
  [5, 'accepted'],
  [1, 'expected an integer from 2 to 5, received 1'],
  [6, 'expected an integer from 2 to 5, received 6'],
  [2.5, 'expected an integer from 2 to 5, received 2.5'],
  ['2', 'expected an integer from 2 to 5, received "2"'],
  [undefined, 'expected an integer from 2 to 5, received nothing'],
])('an integer from 2 to 5 may be %j: %s', (value, expected) => {
  expect(verdict(integer(2, 5), value)).toBe(expected);
});

test.each([
  ['auto', 'accepted'],
  ['none', 'accepted'],
  [2, 'accepted'],
  [5, 'accepted'],
  [1, 'expected "auto", "none" or an integer from 2 to 5, received 1'],
  [6, 'expected "auto", "none" or an integer from 2 to 5, received 6'],
  ['all', 'expected "auto", "none" or an integer from 2 to 5, received "all"'],
])('a word or an integer may be %j: %s', (value, expected) => {
  expect(verdict(integerOr(['auto', 'none'], 2, 5), value)).toBe(expected);
});

test.each([
  [true, 'accepted'],
  [false, 'accepted'],
  ['auto', 'accepted'],
  ['yes', 'expected true, false or "auto", "none", received "yes"'],
])('a flag or a word may be %j: %s', (value, expected) => {
  expect(verdict(flagOr(['auto', 'none']), value)).toBe(expected);
});

test.each([
  ['a', 'accepted'],
  ['c', 'expected one of "a", "b", received "c"'],
])('one of two may be %j: %s', (value, expected) => {
  expect(verdict(oneOf(['a', 'b']), value)).toBe(expected);
});

const expected = 'expected a list of 1 to 3 items, received';
test.each([
  [['a'], 'accepted'],
  [['a', 'b', 'c'], 'accepted'],
  [[], `${expected} []`],
  [['a', 'b', 'c', 'd'], `${expected} ["a","b","c","d"]`],
  ['a', `${expected} "a"`],
  [['a', 'b', 'A'], '2 expected each item once, received "a" again'],
  [
    ['a', 'a', 'a'],
    '1 expected each item once, received "a" again; 2 expected each item once, received "a" again',
  ],
])('a list of 1 to 3 may be %j: %s', (value, verdictOf) => {
  const schema = list(z.string(), { least: 1, most: 3, identity: (item) => item.toLowerCase() });
  expect(verdict(schema, value)).toBe(verdictOf);
});

test('a list may be empty unless it says how many it needs', () => {
  expect(verdict(list(z.string(), { most: 1, identity: String }), [])).toBe('accepted');
});

test.each([null, [], 'text', undefined])('%j is no object', (value) => {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value);
  expect(verdict(group({ a: z.string().optional() }), value)).toBe(`expected an object, received ${shown}`);
});
