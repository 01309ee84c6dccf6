import { original, outcome, repaired } from './parsers';

test.each([
  'attribute_not_exists(id) OR (a < :a OR (a = :a AND (b = :b OR NOT (contains(c, :c)))))',
  'a = :a',
  'a = :a AND (b < :b OR (c <> :a AND NOT (attribute_exists(d) OR contains(e.f[1], :b))))',
  '((a = :a))',
  'size(a) > :b AND begins_with(#status, :a)',
  'a BETWEEN :a AND :b OR a IN (:a, :b)',
  'status = :a',
  'unknown(a)',
  'a = :missing OR #missing = :a',
  'a = ',
  '(a = :a',
  'a = :a)',
  'size(:a)',
  'a = :a AND (b < :b OR',
  '',
])('%s is parsed as dynalite does', (expression) => {
  expect(outcome(repaired, expression)).toEqual(outcome(original, expression));
});

test('nested parentheses do not slow it down', () => {
  const depth = 200;
  const nested = `${'NOT ('.repeat(depth)}a = :a${')'.repeat(depth)}`;
  expect(outcome(repaired, nested)).toHaveProperty('found');
});
