import { sourceAt } from '../../support';
import { type Step, table, testAnyOrder, update } from './any-order';

testAnyOrder(8);

test('complete and failed runs of two versions end the same in each of their 24 orders', async () => {
  const steps: Step[] = [
    { version: 1, does: 'complete' },
    { version: 1, does: 'fail' },
    { version: 2, does: 'complete' },
    { version: 2, does: 'fail' },
  ];
  const ends = new Set<string>();
  for (const [n, order] of permutations(steps).entries()) {
    const key = `permuted/${n}.jpg`;
    for (const next of order) await table.records.apply(update(next, key));
    const end = await table.get(sourceAt(1, { key }));
    ends.add(`${end?.status} ${end?.version}`);
    for (const gone of ['error', 'failedDay', 'processingShard']) expect(end).not.toHaveProperty(gone);
  }
  expect([...ends]).toEqual(['DONE version-2']);
});

function permutations<Item>(items: Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));
}
