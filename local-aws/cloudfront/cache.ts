/** The cache of a distribution. It is in memory, so every start begins with an empty one. */

import type { Headers } from './headers';

/** An answer of an origin. */
export interface Entry {
  status: number;
  headers: Headers;
  body: Buffer;
  /** When the origin gave or confirmed it, in milliseconds. */
  at: number;
  /** Seconds for which it is fresh from then on. */
  lifetime: number;
}

export const isFresh = ({ at, lifetime }: Entry, now: number): boolean => now < at + lifetime * 1000;

/** The least recently used entry goes first. */
export class Cache {
  /** Ordered by their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** @param capacity bytes of content */
  constructor(private readonly capacity: number) {}

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(key, entry);
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= this.capacity) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(key, entry);
  }
}

/** About the size of an entry besides its content, which is its key and headers, so that small errors count too. */
const OVERHEAD = 1_024;

const sizeOf = (key: string, { body }: Entry) => key.length + body.length + OVERHEAD;
