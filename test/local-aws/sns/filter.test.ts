import fc from 'fast-check';
import type { MessageAttributes } from '../../../local-aws/sns';
import { compileFilter } from '../../../local-aws/sns/filter';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) });
const list = (...values: unknown[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) });

test.each<[string, unknown[], MessageAttributes, boolean]>([
  ['an equal text passes', ['FAILED'], { a: text('FAILED') }, true],
  ['another text does not', ['FAILED'], { a: text('DONE') }, false],
  ['any of several passes', ['DONE', 'FAILED'], { a: text('FAILED') }, true],
  ['a missing attribute does not', ['FAILED'], {}, false],
  [
    'an equal number in another notation passes',
    [1.5],
    { a: { DataType: 'Number', StringValue: '1.50' } },
    true,
  ],
  ['a string that looks like the number does not', [15], { a: text('15') }, false],
  ['a prefix passes', [{ prefix: 'uploads/' }], { a: text('uploads/a') }, true],
  ['another prefix does not', [{ prefix: 'uploads/' }], { a: text('upload') }, false],
  ['anything but a text', [{ 'anything-but': 'DONE' }], { a: text('FAILED') }, true],
  ['not that text', [{ 'anything-but': ['DONE', 'FAILED'] }], { a: text('FAILED') }, false],
  ['anything but a prefix', [{ 'anything-but': { prefix: 'tmp/' } }], { a: text('tmp/a') }, false],
  ['anything-but needs the attribute', [{ 'anything-but': 'DONE' }], {}, false],
  ['a number in a range', [{ numeric: ['>', 0, '<=', 10] }], { a: number(10) }, true],
  ['a number out of it', [{ numeric: ['>', 0, '<=', 10] }], { a: number(0) }, false],
  ['exists', [{ exists: true }], { a: text('x') }, true],
  ['does not exist', [{ exists: false }], { a: text('x') }, false],
  ['exists: false passes without', [{ exists: false }], {}, true],
  ['an array by any of its elements', ['b', { prefix: 'x' }], { a: list('a', 'b') }, true],
  ['null, true and false in an array', [null], { a: list(null) }, true],
  ['an array without a match', [true], { a: list(false, 'true') }, false],
  ['binary takes no part', [{ exists: true }], { a: { DataType: 'Binary', BinaryValue: 'eA==' } }, false],
])('%s', (_rule, conditions, attributes, passes) => {
  expect(compileFilter({ a: conditions })(attributes)).toBe(passes);
});

test('every name of a policy must match', () => {
  const passes = compileFilter({ status: ['FAILED'], prefix: [{ prefix: 'in/' }] });
  expect(passes({ status: text('FAILED'), prefix: text('in/') })).toBe(true);
  expect(passes({ status: text('FAILED'), prefix: text('out/') })).toBe(false);
});

test.each([
  { a: [{ suffix: '.jpg' }] },
  { a: [{ prefix: 'a', exists: true }] },
  { a: [{ numeric: ['~', 1] }] },
  { a: [{ numeric: [] }] },
  { a: [{ 'anything-but': { suffix: 'a' } }] },
  { $or: [{ a: ['x'] }, { b: ['y'] }] },
  { a: { b: ['nested'] } },
])('the policy %j is refused rather than guessed at', (policy) => {
  expect(() => compileFilter(policy)).toThrow(/^Expected .* but received /);
});

test('anything-but is the opposite of equality for a single text', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (wanted, value) => {
      const attributes = { a: text(value) };
      const equal = compileFilter({ a: [wanted] })(attributes);
      expect(compileFilter({ a: [{ 'anything-but': wanted }] })(attributes)).toBe(!equal);
    }),
  );
});
