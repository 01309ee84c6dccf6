import { SingleBar } from 'cli-progress';

export interface Progress {
  /** One more is done. @param line printed about it on standard output */
  step(line?: string): void;
  stop(): void;
}

/** How many lines are printed when there is no terminal. */
const PARTS = 10;

/**
 * Shows progress on standard error: as a bar on a terminal, otherwise as a line now and then.
 *
 * @param total as far as it is known; there may be more
 * @param noun what is counted, for example `images`
 */
export function progress(total: number, noun: string): Progress {
  return process.stderr.isTTY ? bar(total, noun) : lines(total, noun);
}

function bar(total: number, noun: string): Progress {
  const shown = new SingleBar({
    format: `{bar} {value}/{total} ${noun}, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    // Otherwise a line printed in between would end up behind the bar.
    forceRedraw: true,
    barsize: 30,
  });
  shown.start(total, 0);
  return {
    step(line) {
      if (line !== undefined) {
        process.stderr.write('\r\u001b[K');
        console.log(line);
      }
      shown.increment();
    },
    stop: () => shown.stop(),
  };
}

function lines(total: number, noun: string): Progress {
  let done = 0;
  const part = Math.max(1, Math.ceil(total / PARTS));
  return {
    step(line) {
      if (line !== undefined) console.log(line);
      done++;
      if (done % part === 0 || done === total) console.error(`${done} of ${total} ${noun}`);
    },
    stop() {},
  };
}
