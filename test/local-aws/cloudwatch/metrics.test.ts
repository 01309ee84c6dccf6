import { Metrics, MINUTE } from '../../../local-aws/cloudwatch/metrics';
import type { MetricStat } from '../../../local-aws/stack/model';

const NOON = Date.UTC(2026, 10, 21, 12);
const SOLD = { namespace: 'Shop', name: 'Sold', dimensions: { Store: 'Bern', Till: '4' } };

function metrics(): Metrics {
  const result = new Metrics();
  result.put(SOLD, [1, 4], NOON);
  result.put({ ...SOLD, dimensions: { Till: '4', Store: 'Bern' } }, [7], NOON + 90_000);
  result.put({ ...SOLD, dimensions: { Store: 'Bern' } }, [100], NOON);
  return result;
}

test.each<[MetricStat['stat'], number]>([
  ['Sum', 12],
  ['Average', 4],
  ['Maximum', 7],
  ['Minimum', 1],
  ['SampleCount', 3],
])('%s of the values of a period, whatever the order of the dimensions', (stat, expected) => {
  expect(metrics().statistic({ ...SOLD, stat }, NOON, NOON + 2 * MINUTE)).toBe(expected);
});

test('a period includes its first minute and excludes its end', () => {
  const sum = { ...SOLD, stat: 'Sum' } as const;
  expect(metrics().statistic(sum, NOON, NOON + MINUTE)).toBe(5);
  expect(metrics().statistic(sum, NOON + MINUTE, NOON + 2 * MINUTE)).toBe(7);
  expect(metrics().statistic(sum, NOON - MINUTE, NOON)).toBeUndefined();
});

test('forgotten values no longer count in a period, but still in the totals', () => {
  const all = metrics();
  all.forget(NOON + MINUTE);
  expect(all.statistic({ ...SOLD, stat: 'Sum' }, NOON, NOON + 2 * MINUTE)).toBe(7);
  expect(all.totals()).toEqual([
    { ...SOLD, sum: 12, count: 3 },
    { ...SOLD, dimensions: { Store: 'Bern' }, sum: 100, count: 1 },
  ]);
});
