import * as record from '../../../functions/lib/records/updates';
import { loadParser } from '../../../local-aws/dynamodb/condition-parser';
import { EXECUTION, imageOf, sourceAt } from '../../functions/support';

const original = loadParser({ remembers: false });
const repaired = loadParser({ remembers: true });

/** What a parser makes of an expression: its tree, or its error. */
function outcome({ parse }: typeof original, expression: string) {
  const values = (expression.match(/:\w+/g) ?? []).filter((name) => name !== ':missing');
  const context = {
    attrNames: { '#status': 'status' },
    attrVals: Object.fromEntries(values.map((name) => [name, { S: name }])),
    unusedAttrNames: { '#status': true, '#unused': true },
    unusedAttrVals: Object.fromEntries(values.map((name) => [name, true])),
    isReserved: (name: string) => name === 'status',
    compare: () => true,
  };
  try {
    return {
      found: parse(expression, { context }),
      unused: [context.unusedAttrNames, context.unusedAttrVals],
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

const now = new Date();
const updates = [
  record.claim(imageOf(sourceAt(1)), ['key'], EXECUTION, now),
  record.tombstone(sourceAt(1), EXECUTION, now, 1),
  record.markNotified(sourceAt(1)),
];

test.each([
  ...updates.map(({ ConditionExpression }) => ConditionExpression),
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

test('takes no longer for each pair of parentheses around another', () => {
  const depth = 200;
  const nested = `${'NOT ('.repeat(depth)}a = :a${')'.repeat(depth)}`;
  expect(outcome(repaired, nested)).toHaveProperty('found');
});
