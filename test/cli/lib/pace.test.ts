import { getMaxListeners } from 'node:events';
import type { Clock } from '../../../cli/lib/clock';
import { paced } from '../../../cli/lib/pace';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** A clock that stands still until nothing more can happen, and then jumps to the next thing due. */
class Timetable implements Clock {
  private time = 0;
  private due: { at: number; resolve: () => void }[] = [];

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((end) => {
      if (signal?.aborted) return end();
      const resolve = () => {
        signal?.removeEventListener('abort', resolve);
        end();
      };
      signal?.addEventListener('abort', resolve);
      this.due.push({ at: this.time + milliseconds, resolve });
      this.due.sort((one, other) => one.at - other.at);
    });
  }

  /** Lets time pass until the work is over. */
  async run(work: Promise<unknown>): Promise<void> {
    let over = false;
    const settle = () => {
      over = true;
    };
    work.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (over) return;
      const next = this.due.shift();
      if (!next) throw new Error('Nothing is due, and the work is not over');
      this.time = Math.max(this.time, next.at);
      next.resolve();
    }
  }
}

test('starts no more than the rate allows, and runs no more at once than the concurrency allows', async () => {
  const clock = new Timetable();
  const begun: number[] = [];
  let most = 0;
  let working = 0;
  const work = async () => {
    begun.push(clock.now());
    most = Math.max(most, ++working);
    await clock.wait(100);
    working--;
  };
  await clock.run(paced(numbers(10), { rate: 50, concurrency: 3 }, work, clock));
  expect(most).toBe(3);
  // One every 20 ms as long as there are workers, each of which is busy for 100 ms.
  expect(begun).toEqual([0, 20, 40, 100, 120, 140, 200, 220, 240, 300]);
});

test('the first error is thrown once all work that was started has ended', async () => {
  const clock = new Timetable();
  const ended: number[] = [];
  const work = paced(
    numbers(100),
    { rate: 1_000, concurrency: 2 },
    async (n) => {
      if (n === 3) throw new Error('three');
      await clock.wait(20);
      ended.push(n);
    },
    clock,
  );
  await clock.run(work);
  await expect(work).rejects.toThrow('three');
  expect(ended).toEqual([0, 1, 2]);
});

test('nothing is started after an abort, even if the next start is far off', async () => {
  const clock = new Timetable();
  const controller = new AbortController();
  const begun: number[] = [];
  const work = paced(
    numbers(100),
    { rate: 0.01, concurrency: 2, signal: controller.signal },
    async (n) => {
      begun.push(n);
      await clock.wait(20);
      controller.abort();
    },
    clock,
  );
  await clock.run(work);
  expect(begun).toEqual([0]);
  // The second start would have come after 100 seconds.
  expect(clock.now()).toBe(20);
});

test('with the real clock, an abort ends a wait at once', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  await paced(numbers(2), { rate: 0.000_1, concurrency: 1, signal: controller.signal }, async (n) => {
    begun.push(n);
    controller.abort();
  });
  expect(begun).toEqual([0]);
});

test('an error of the source ends it', async () => {
  async function* failing() {
    yield 1;
    throw new Error('no more');
  }
  await expect(paced(failing(), { rate: 1_000, concurrency: 4 }, async () => {})).rejects.toThrow('no more');
});

test('as many may wait as work at once, without a warning of Node about listeners', async () => {
  const most: number[] = [];
  const clock: Clock = {
    now: () => 0,
    async wait(_, signal) {
      most.push(getMaxListeners(signal!));
    },
  };
  await paced(numbers(3), { rate: 1, concurrency: 30 }, async () => {}, clock);
  expect(most[0]).toBeGreaterThanOrEqual(30);
});
