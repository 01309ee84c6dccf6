import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Items begun in a second at most. */
  rate: number;
  /** Items worked on at the same time at most. */
  concurrency: number;
  /** Once it is aborted no further item is begun; those begun are brought to their end. */
  signal?: AbortSignal;
}

/** Works on each item. The first error ends it, once what was begun is done, and is thrown. */
export async function paced<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  { rate, concurrency, signal }: Pace,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const source = iterator(items);
  const end = new AbortController();
  const ended = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  let next = 0;

  /** Waits for the caller's turn to begin. @returns whether there is one */
  async function turn(): Promise<boolean> {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + 1_000 / rate;
    // A wait that is broken off is no error: nothing is begun after it.
    await sleep(at - now, undefined, { signal: ended }).catch(() => {});
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

/** Aborted by the first Ctrl-C, which then ends nothing at once; a second one does. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    console.error('\nStopping after what is under way. Ctrl-C again to stop at once.');
    controller.abort();
  });
  return controller.signal;
}
