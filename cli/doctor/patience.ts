import { CLOCK, type Clock } from '../lib/clock';
import type { Patience } from './probe';

/** Shows the waiting: as a line that counts on a terminal, as one line elsewhere. */
export function patienceOf(
  seconds: number,
  signal?: AbortSignal,
  clock: Clock = CLOCK,
): Patience & { over(): void } {
  const began = clock.now();
  const terminal = process.stderr.isTTY;
  let shown = false;
  return {
    until: began + seconds * 1_000,
    signal,
    clock,
    waiting(what) {
      const waited = Math.round((clock.now() - began) / 1_000);
      if (terminal) process.stderr.write(`\r\u001b[KWaiting for ${what}: ${waited} of ${seconds} seconds`);
      else if (!shown) console.error(`Waiting up to ${seconds} seconds for ${what}`);
      shown = true;
    },
    over() {
      if (terminal && shown) process.stderr.write('\r\u001b[K');
    },
  };
}
