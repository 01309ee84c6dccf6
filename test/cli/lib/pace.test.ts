import { setTimeout as sleep } from 'node:timers/promises';
import { paced } from '../../../cli/lib/pace';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

test('begins no more than the rate, and works on no more than the concurrency', async () => {
  const begun: number[] = [];
  let most = 0;
  let working = 0;
  const start = performance.now();
  await paced(numbers(10), { rate: 50, concurrency: 3 }, async () => {
    begun.push(performance.now() - start);
    most = Math.max(most, ++working);
    await sleep(100);
    working--;
  });
  expect(begun).toHaveLength(10);
  expect(most).toBe(3);
  // A timer may be a millisecond early.
  begun.forEach((at, n) => {
    expect(at).toBeGreaterThanOrEqual(n * 20 - n);
  });
});

test('the first error ends it after what was begun, and is thrown', async () => {
  const ended: number[] = [];
  const work = paced(numbers(100), { rate: 10_000, concurrency: 2 }, async (n) => {
    if (n === 3) throw new Error('three');
    await sleep(20);
    ended.push(n);
  });
  await expect(work).rejects.toThrow('three');
  expect(ended.length).toBeLessThan(6);
  expect(ended).toEqual(expect.arrayContaining([0, 1, 2]));
});

test('nothing is begun once it is aborted, even where the next turn is far off', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const start = performance.now();
  await paced(numbers(100), { rate: 0.01, concurrency: 2, signal: controller.signal }, async (n) => {
    begun.push(n);
    setTimeout(() => controller.abort(), 20);
  });
  expect(begun).toEqual([0]);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test('a source that fails ends it with its error', async () => {
  async function* failing() {
    yield 1;
    throw new Error('no more');
  }
  await expect(paced(failing(), { rate: 1_000, concurrency: 4 }, async () => {})).rejects.toThrow('no more');
});
