import { SingleBar } from 'cli-progress';

export interface Progress {
  /** One more is done. @param line printed about it on standard output */
  step(line?: string): void;
  /** Prints a line on standard error. */
  note(line: string): void;
  stop(): void;
}

/** How many lines are printed when there is no terminal. */
const PARTS = 10;

/**
 * Shows progress on standard error: as a bar on a terminal, otherwise as a line now and then. A single thing has none.
 *
 * @param total as far as it is known; there may be more
 * @param noun what is counted, for example `images`
 */
export function progress(total: number, noun: string): Progress {
  if (total < 2) return { step: (line) => line !== undefined && console.log(line), note, stop() {} };
  return process.stderr.isTTY ? bar(total, noun) : lines(total, noun);
}

const note = (line: string) => console.error(line);

/** What saves the position of the cursor, and what goes back to it. */
const POSITION = ['\u001b7', '\u001b8'];

/** Standard error for a bar: when it ends, the bar would go back to where it began and clear what is there by then. */
const stream = (): NodeJS.WriteStream =>
  Object.create(process.stderr, {
    write: { value: (text: string) => POSITION.includes(text) || process.stderr.write(text) },
  });

function bar(total: number, noun: string): Progress {
  const shown = new SingleBar({
    format: `{bar} {value}/{total} ${noun}, {eta_formatted} left`,
    stream: stream(),
    hideCursor: true,
    clearOnComplete: true,
    // Otherwise a line printed in between would end up behind the bar.
    forceRedraw: true,
    barsize: 30,
  });
  shown.start(total, 0);
  // However the process ends, it leaves the cursor as it was.
  const stop = () => shown.stop();
  process.once('exit', stop);
  /** Makes room for a line; the bar is drawn again below it. */
  const clear = () => process.stderr.write('\r\u001b[K');
  return {
    step(line) {
      if (line !== undefined) {
        clear();
        console.log(line);
      }
      shown.increment();
    },
    note(line) {
      clear();
      note(line);
    },
    stop() {
      process.off('exit', stop);
      stop();
    },
  };
}

function lines(total: number, noun: string): Progress {
  let done = 0;
  const part = Math.max(1, Math.ceil(total / PARTS));
  return {
    step(line) {
      if (line !== undefined) console.log(line);
      done++;
      // Of a few, the lines about each are enough.
      if (total > PARTS && (done % part === 0 || done === total))
        console.error(`${done} of ${total} ${noun}`);
    },
    note,
    stop() {},
  };
}
