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

/** What an answer depends on: viewer.ts makes its key of these. */
export type KeyParts = [path: string, query: string[], headers: (readonly [string, string])[]];

export const keyOf = (...parts: KeyParts): string => JSON.stringify(parts);

/** Bytes of content. */
const CAPACITY = 64 * 1024 * 1024;

export const isFresh = ({ at, lifetime }: Entry, now: number): boolean => now < at + lifetime * 1000;

/** The least recently used entry goes first. */
export class Cache {
  /** Ordered by their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #forgotten = 0;

  /** @param capacity bytes of content */
  constructor(private readonly capacity = CAPACITY) {}

  /** How often something was forgotten: what was requested of an origin before that may be what was meant. */
  get forgotten(): number {
    return this.#forgotten;
  }

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

  /** @param isMeant gets the path of each answer, with its query */
  forget(isMeant: (target: string) => boolean): void {
    this.#forgotten++;
    for (const key of [...this.#entries.keys()]) {
      const [path, query] = JSON.parse(key) as KeyParts;
      if (isMeant(query.length > 0 ? `${path}?${query.join('&')}` : path)) this.delete(key);
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
