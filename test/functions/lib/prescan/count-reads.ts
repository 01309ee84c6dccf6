import { Reader } from '../../../../functions/lib/prescan/reader';

/**
 * Counts the reads made by `run` and the bytes it skips in a search, in every method of the reader that moves it. The
 * methods are replaced for that, because a mock would record every call.
 */
export function countReads(run: () => void): number {
  const methods = ['u8', 'u16', 'u32', 'text', 'skipText', 'nextMarker', 'has', 'slice'] as const;
  const originals = Object.getOwnPropertyDescriptors(Reader.prototype);
  let steps = 0;
  for (const method of methods) {
    const original = Reader.prototype[method] as (...args: unknown[]) => unknown;
    const counted = function (this: Reader, ...args: unknown[]) {
      const from = this.position;
      const result = original.apply(this, args);
      steps += 1 + this.position - from;
      return result;
    };
    Object.defineProperty(Reader.prototype, method, { ...originals[method], value: counted });
  }
  try {
    run();
  } finally {
    Object.defineProperties(Reader.prototype, originals);
  }
  return steps;
}
