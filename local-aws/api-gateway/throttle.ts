import type { Throttle } from './model';

/**
 * A token bucket, full at first.
 *
 * @param now milliseconds
 * @returns whether one more request may pass
 */
export function createThrottle({ burst, rate }: Throttle, now: () => number): () => boolean {
  let tokens = burst;
  let last = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - last) / 1000) * rate);
    last = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
