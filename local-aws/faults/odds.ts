/** When a fault takes effect: a number of times, with a probability, or always. */

export interface Odds {
  /** Whether it takes effect now. Ask once per occasion. */
  strikes(): boolean;
  /** Whether it has taken effect as often as it may. */
  isUsedUp(): boolean;
}

/** @param random returns numbers from 0 up to 1 */
export function createOdds(
  { times = Number.POSITIVE_INFINITY, probability = 1 }: { times?: number; probability?: number },
  random: () => number,
): Odds {
  let left = times;
  return {
    strikes() {
      if (left === 0 || random() >= probability) return false;
      left -= 1;
      return true;
    },
    isUsedUp: () => left === 0,
  };
}

/** Numbers from 0 up to 1, the same for the same seed: mulberry32, gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
