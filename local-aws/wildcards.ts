/** Patterns with wildcards, matched in a time that no pattern can make long: a regular expression would try every combination. */

export const ANY = Symbol('any characters');
export const ONE = Symbol('one character');

/** A character, or what stands for others. */
export type Token = string | typeof ANY | typeof ONE;

/** Takes at most pattern × text steps, whatever the pattern is: only the last `*` is ever tried again. */
export function fits(pattern: readonly Token[], text: readonly string[]): boolean {
  let [p, t] = [0, 0];
  let retry: { p: number; t: number } | undefined;
  while (t < text.length) {
    if (pattern[p] === ANY) {
      retry = { p: ++p, t };
    } else if (pattern[p] === ONE || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (retry) {
      p = retry.p;
      t = ++retry.t;
    } else {
      return false;
    }
  }
  return pattern.slice(p).every((token) => token === ANY);
}

/** Whether `text` matches a pattern in which `*` stands for any characters and `?` for one. */
export const matchesWildcards = (pattern: string, text: string): boolean =>
  fits(
    [...pattern].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character)),
    [...text],
  );
