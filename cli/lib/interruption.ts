/**
 * Runs something that a first Ctrl-C asks to stop, by the signal; a second Ctrl-C ends the process at once.
 *
 * @param work is to end soon after the signal is aborted
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    console.error('\nStopping once the current work is finished. Press Ctrl-C again to stop at once.');
    controller.abort();
  };
  process.once('SIGINT', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}
