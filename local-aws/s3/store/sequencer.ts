import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../durable';

/**
 * Hands out S3's sequencers: hexadecimal, and of two events of one key the later has the larger.
 *
 * The format is AWS's: `00`, eight digits of Unix seconds, eight digits of the fraction of the second. They increase
 * strictly, also when the clock does not, and across restarts: the sequencer of a version lies in its metadata, and
 * that of a deletion, which leaves no metadata behind, in a file.
 */
export class Sequencer {
  #last = 0n;
  readonly #path: string;

  /** @param directory where the file of the last deletion is */
  constructor(directory: string) {
    this.#path = join(directory, 'sequencer');
    if (existsSync(this.#path)) this.observe(readFileSync(this.#path, 'utf8').trim());
  }

  /** Takes note of a sequencer that is in use: whatever comes next is larger. */
  observe(sequencer: string): void {
    const value = BigInt(`0x${sequencer}`);
    if (value > this.#last) this.#last = value;
  }

  /** @param now milliseconds since the epoch */
  next(now = Date.now()): string {
    const seconds = BigInt(Math.floor(now / 1000));
    const fraction = BigInt(Math.floor(((now % 1000) / 1000) * 2 ** 32));
    const clock = (seconds << 32n) | fraction;
    this.#last = clock > this.#last ? clock : this.#last + 1n;
    return this.#last.toString(16).toUpperCase().padStart(18, '0');
  }

  /** Makes sure that a restart knows this sequencer, although nothing that carries it remains. */
  async remember(sequencer: string): Promise<void> {
    await writeDurably(this.#path, sequencer);
  }
}
