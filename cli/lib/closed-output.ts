/** What happens when nobody reads the output of a command any more, as after `| head` or when a terminal is closed. */

/** Errors of writing to a pipe or a terminal that is closed. */
const CLOSED = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

/** Where the last line of a command goes. */
export interface Output {
  log(text: string): void;
  error(text: string): void;
}

/**
 * Lets the command go on without its output: what it has begun is finished, and its exit status is the right one. A
 * command that only reads does so quietly; one that changes things says on standard error that it goes on, and sums up
 * there.
 *
 * @param changes whether the command changes anything
 */
export function outliveOutput(changes: boolean): Output {
  let closed = false;
  /** What was written last, which may be what nobody reads any more. */
  let last: string | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    assertClosed(error);
    if (closed) return;
    closed = true;
    if (!changes) return;
    console.error(last ?? 'Nobody reads the output any more. The work goes on, and is summed up here.');
  });
  // Then nothing can be said at all.
  process.stderr.on('error', assertClosed);
  return {
    log(text) {
      if (!closed) {
        last = text;
        console.log(text);
      } else if (changes) {
        console.error(text);
      }
    },
    error: (text) => console.error(text),
  };
}

function assertClosed(error: NodeJS.ErrnoException): void {
  if (!CLOSED.includes(error.code ?? '')) throw error;
}
