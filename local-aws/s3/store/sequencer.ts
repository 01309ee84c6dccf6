import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../durable';

/**
 * Issues S3's sequencers, which are hexadecimal. Of two events for one key, the later one has the larger sequencer.
 *
 * The format is AWS's: `00`, eight digits of Unix seconds, eight digits of the fraction of the second. They always
 * increase, even if the clock doesn't, and across restarts: a version's sequencer is in its metadata, and a deletion's,
 * which leaves no metadata, is in a file.
 */
export class Sequencer {
  #last = 0n;
  readonly #path: string;

  /** @param directory has the file of the last deletion */
  constructor(directory: string) {
    this.#path = join(directory, 'sequencer');
    if (existsSync(this.#path)) this.observe(readFileSync(this.#path, 'utf8').trim());
  }

  /** Registers a sequencer that is in use, so that all later ones are larger. */
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

  /** Stores this sequencer for the next start, if nothing else does. */
  async remember(sequencer: string): Promise<void> {
    await writeDurably(this.#path, sequencer);
  }
}
