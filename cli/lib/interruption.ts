/** Ctrl-C; what ends a job in CI or a container; a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something that a first Ctrl-C asks to stop, by the signal; a second Ctrl-C ends the process at once.
 *
 * @param work is to end soon after the signal is aborted
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const forget = () => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  const stop = () => {
    forget();
    console.error('\nStopping once the current work is finished. Press Ctrl-C again to stop at once.');
    controller.abort();
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

/** Works on a batch that may be interrupted; an error ends it, but not the command, which still has to say what was done. */
export function batch(work: (signal: AbortSignal) => Promise<void>): Promise<Ending> {
  return interruptible(async (signal) => {
    try {
      await work(signal);
      return { interrupted: signal.aborted };
    } catch (error) {
      return { interrupted: signal.aborted, error: error as Error };
    }
  });
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
