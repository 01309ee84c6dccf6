import * as updates from '../../../../functions/lib/records/updates';
import { original, outcome, repaired } from '../../../local-aws/dynamodb/parsers';
import { EXECUTION, imageOf, sourceAt } from '../../support';

const now = new Date();

test.each([
  ['claim', updates.claim(imageOf(sourceAt(1)), ['key'], EXECUTION, now)],
  ['tombstone', updates.tombstone(sourceAt(1), EXECUTION, now, 1)],
  ['markNotified', updates.markNotified(sourceAt(1))],
])('the engine parses the condition of %s as dynalite does', (_, { ConditionExpression }) => {
  const parsed = outcome(repaired, ConditionExpression);
  expect(parsed).toHaveProperty('found');
  expect(parsed).toEqual(outcome(original, ConditionExpression));
});
