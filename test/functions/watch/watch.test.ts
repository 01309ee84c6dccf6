import { watch } from '../../../functions/watch/watch';
import { NOW } from '../support';

test('queries each of the sixteen shards once, for records that are older than ten minutes, up to a limit', async () => {
  const asked: unknown[] = [];
  const count = async (...question: unknown[]) => asked.push(question) && 0;
  await watch({ count }, NOW);
  expect(asked).toEqual([...'0123456789abcdef'].map((shard) => [shard, '2026-03-12T01:58:00.000Z', 1_000]));
});

test('adds up the counts of the shards', async () => {
  const counts: Record<string, number> = { '0': 2, a: 1_000, f: 1 };
  expect(await watch({ count: async (shard) => counts[shard] ?? 0 }, NOW)).toBe(1_003);
});

test('fails if one shard cannot be counted, because too low a number would end the alarm', async () => {
  const count = async (shard: string) => {
    if (shard === '7') throw new Error('throttled');
    return 0;
  };
  await expect(watch({ count }, NOW)).rejects.toThrow('throttled');
});
