import { SingleBar } from 'cli-progress';

export interface Progress {
  /** One more is done. @param line what to print of it on standard output */
  step(line?: string): void;
  stop(): void;
}

/** Lines where there is no terminal: one for each tenth. */
const PARTS = 10;

/**
 * Progress on standard error: a bar on a terminal, a line now and then elsewhere.
 *
 * @param total as far as it is known; more may come
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
    // A line printed in between would otherwise stand behind the bar.
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
