import { constants } from 'node:os';

/** Ctrl-C; what ends a job in CI or a container; a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Milliseconds within which the same signal counts once: for one Ctrl-C, a program gets a signal from the terminal and, since npm
 * passes its own on, another one from `npm run`.
 */
const SAME = 300;

/** Resolves at the first Ctrl-C. A second one ends the process at once, even if what is then to be done does not end. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const name of SIGNALS) {
      process.on(name, () => {
        first ??= performance.now();
        if (performance.now() - first > SAME) process.exit(128 + constants.signals[name]);
        resolve();
      });
    }
  });
}

/**
 * Runs something that a first Ctrl-C asks to stop, by the signal; a second Ctrl-C ends the process at once.
 *
 * @param work is to end soon after the signal is aborted
 * @param last what a person has to know if the process ends at once, in lines
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  last: () => string[] = () => [],
): Promise<T> {
  const controller = new AbortController();
  let first: number | undefined;
  const forget = () => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  const stop = (name: (typeof SIGNALS)[number]) => {
    if (first === undefined) {
      first = performance.now();
      console.error('\nStopping once the current work is finished. Press Ctrl-C again to stop at once.');
      controller.abort();
    } else if (performance.now() - first > SAME) {
      forget();
      console.error(['\nStopped at once.', ...last()].join('\n'));
      // As a shell reports a process that a signal has ended. Unlike by the signal itself, what was set up is put back.
      process.exit(128 + constants.signals[name]);
    }
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}

/** How a batch ended. */
export interface Ending {
  /** Whether it was interrupted. */
  interrupted: boolean;
  /** What ended it before its end. */
  error?: Error;
}

/**
 * Works on a batch that may be interrupted; an error ends it, but not the command, which still has to say what was done.
 *
 * @param last what was done, if the process ends at once
 */
export function batch(work: (signal: AbortSignal) => Promise<void>, last?: () => string[]): Promise<Ending> {
  return interruptible(async (signal) => {
    try {
      await work(signal);
      return { interrupted: signal.aborted };
    } catch (error) {
      return { interrupted: signal.aborted, error: error as Error };
    }
  }, last);
}

/**
 * Why a batch ended before its end, for its summary.
 *
 * @param further what is left and how to go on, for example `3 images left.`
 */
export function endedEarly({ interrupted, error }: Ending, further: string): string[] {
  if (error) return [`Stopped by an error: ${further}`, error.message];
  return interrupted ? [`Stopped early: ${further}`] : [];
}
