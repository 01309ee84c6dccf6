/**
 * S3's order of keys is that of their UTF-8 bytes, which differs from JavaScript's order for keys with characters such as
 * emoji.
 */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A set of keys that can be read in S3's order. */
export class SortedKeys {
  readonly #keys: string[];

  constructor(keys: Iterable<string>) {
    this.#keys = [...keys].sort(compareKeys);
  }

  add(key: string): void {
    const index = this.#search(key);
    if (this.#keys[index] !== key) this.#keys.splice(index, 0, key);
  }

  delete(key: string): void {
    const index = this.#search(key);
    if (this.#keys[index] === key) this.#keys.splice(index, 1);
  }

  /** The keys with a prefix, from `start` on. */
  *from(start: string, prefix: string): Generator<string> {
    const first = compareKeys(start, prefix) < 0 ? prefix : start;
    for (let index = this.#search(first); index < this.#keys.length; index++) {
      const key = this.#keys[index]!;
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  /** Index of the first key that is not before this one. */
  #search(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#keys[middle]!, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
