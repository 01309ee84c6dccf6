import { inTurns, summarize } from '../../bench/images/measure';

test('the median and the middle half of some values', () => {
  expect(summarize([5, 1, 3, 2, 4])).toEqual({ median: 3, quartiles: [2, 4] });
  expect(summarize([4, 1])).toEqual({ median: 2.5, quartiles: [1.75, 3.25] });
  expect(summarize([7])).toEqual({ median: 7, quartiles: [7, 7] });
  expect(() => summarize([])).toThrow('Expected at least one value');
});

test('contenders take turns, and the first round does not count', async () => {
  const turns: string[] = [];
  const contender = (name: string, cpu: number) => async () => {
    turns.push(name);
    return turns.length <= 2 ? 1_000 : cpu;
  };
  const measured = await inTurns({ one: contender('one', 3), other: contender('other', 6) }, 2);
  expect(turns).toEqual(['one', 'other', 'one', 'other', 'one', 'other']);
  expect(measured.one.median).toBe(3);
  expect(measured.other.median).toBe(6);
});
