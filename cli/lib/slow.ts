/** How often a person is told that something is still being waited for, in milliseconds. */
export const NOTES = { every: 5_000 };

/** What is being waited for now, oldest first: of many calls of one kind, one is talked about. */
const waiting = new Map<string, Set<symbol>>();

/**
 * Waits for something and, when it takes long, says so on standard error again and again.
 *
 * @param what for example `DynamoDB GetItem`
 * @param every milliseconds
 * @param now what it is waited for by then, if that is more than `what` says
 */
export async function sayIfSlow<T>(
  what: string,
  work: Promise<T>,
  every = NOTES.every,
  now: () => string = () => what,
): Promise<T> {
  const self = Symbol(what);
  const same = waiting.get(what) ?? new Set();
  waiting.set(what, same.add(self));
  let waited = 0;
  const timer = setInterval(() => {
    waited += every;
    const [oldest] = same;
    if (oldest !== self) return;
    // A progress bar may stand on this line.
    const clear = process.stderr.isTTY ? '\r\u001b[K' : '';
    console.error(`${clear}Waiting for ${now()}, ${(waited / 1_000).toLocaleString('en-US')} s so far …`);
  }, every);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    same.delete(self);
    if (same.size === 0) waiting.delete(what);
  }
}
