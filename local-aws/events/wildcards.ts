import { PatternError } from './operators';

/**
 * EventBridge refuses a rule whose wildcards make it too complex, by an undocumented measure. According to public reports,
 * rules with 12 and 16 were refused and rules with 8 and 9 were not. So this many are certainly accepted.
 */
const SURELY_ACCEPTED = 8;

/** @throws PatternError if a pattern that is valid so far has more wildcards than are certainly accepted */
export function refuseComplexity(pattern: unknown): void {
  const wildcards = wildcardsIn(pattern);
  if (wildcards > SURELY_ACCEPTED) {
    throw new PatternError(
      'the pattern',
      `Expected at most ${SURELY_ACCEPTED} wildcards, since EventBridge refuses a rule that is too complex,`,
      wildcards,
    );
  }
}

/** Counts each `*` of every `wildcard` operator. A field may also be named `wildcard`; only operators are in lists. */
function wildcardsIn(node: unknown, inList = false): number {
  if (Array.isArray(node)) return sum(node.map((entry) => wildcardsIn(entry, true)));
  if (typeof node !== 'object' || node === null) return 0;
  return sum(
    Object.entries(node).map(([name, value]) => {
      if (!inList) return wildcardsIn(value);
      return name === 'wildcard' ? sum([value].flat().map(stars)) : wildcardsIn(value, true);
    }),
  );
}

const stars = (wildcard: unknown) =>
  String(wildcard)
    .replace(/\\[\s\S]/g, '')
    .split('*').length - 1;

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
