import { setMaxListeners } from 'node:events';
import { CLOCK, type Clock } from './clock';

export interface Pace {
  /** At most this many items are begun in a second. */
  rate: number;
  /** At most this many items are worked on at the same time. */
  concurrency: number;
  /** Once it is aborted, no further item is begun; those that were begun are finished. */
  signal?: AbortSignal;
}

/** Works on each item. After the first error nothing more is begun; what was begun is finished, then the error is thrown. */
export async function paced<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { rate, concurrency, signal }: Pace,
  work: (item: Item) => Promise<void>,
  clock: Clock = CLOCK,
): Promise<void> {
  const source = iterator(items);
  const end = new AbortController();
  const ended = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  // Each worker that waits for its turn listens, and Node warns of more than ten listeners.
  setMaxListeners(concurrency + 1, ended);
  let next = 0;

  /** Waits for the caller's turn to begin. @returns whether there is one */
  async function turn(): Promise<boolean> {
    const now = clock.now();
    const at = Math.max(now, next);
    next = at + 1_000 / rate;
    await clock.wait(at - now, ended);
    return !ended.aborted;
  }

  async function worker(): Promise<void> {
    try {
      while (await turn()) {
        const { done, value } = await source.next();
        if (done) return end.abort();
        await work(value);
      }
    } catch (error) {
      end.abort();
      throw error;
    }
  }

  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  await source.return(undefined);
  const failed = workers.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function* iterator<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
