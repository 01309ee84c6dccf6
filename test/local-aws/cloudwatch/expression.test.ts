import { compile, type Values } from '../../../local-aws/cloudwatch/expression';

const value = (expression: string, values: Values) => compile(expression, Object.keys(values))(values);

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['-a', -4],
  ['a - b - 1', 1],
  ['100 * b / a', 50],
  ['a >= 4', 1],
  ['a != 4', 0],
  ['IF(a > b, a, b)', 4],
  ['IF(a < 4, 100 * b / a, 0)', 0],
  ['FILL(gap, 7)', 7],
  ['FILL(a, 7)', 4],
  ['SUM([a, b])', 6],
  ['SUM(METRICS())', 6],
  ['MAX([a, b, gap])', 4],
  ['MIN(METRICS())', 2],
  ['AVG([a, b])', 3],
])('%s is %d', (expression, expected) => {
  expect(value(expression, { a: 4, b: 2, gap: undefined })).toBe(expected);
});

test.each(['a + gap', 'IF(gap > 1, a, 0)', 'SUM([gap])', 'a / 0', 'a / (b - 2)'])(
  '%s has no data point',
  (expression) => {
    expect(value(expression, { a: 4, b: 2, gap: undefined })).toBeUndefined();
  },
);

test.each([
  ['a + c', 'Expected a metric (a, b) but received c in the expression a + c'],
  ['RATE(a)', 'Expected IF, FILL, SUM, AVG, MAX, MIN but received RATE'],
  ['SUM(a)', 'Expected METRICS() or [a, b, …] as its argument'],
  ['SUM(METRICS("a"))', 'Expected METRICS() without arguments'],
  ['a ** 2', 'Expected + - * / < <= > >= == != but received **'],
  ['"a"', 'Expected a number but received "a"'],
  ['IF(a, b)', 'Expected 3 arguments of IF but received 2'],
  ['[a, b]', 'received a ArrayExpression'],
  ['!a', 'Expected the sign - but received !'],
  ['a +', 'in the expression a +'],
  ['a b', 'received a Compound'],
])('%s is refused', (expression, message) => {
  expect(() => compile(expression, ['a', 'b'])).toThrow(message);
});
