/**
 * EventBridge event patterns.
 *
 * Fields of a pattern must all match, entries of one list are alternatives, and a list in the event matches when any
 * of its elements does. Compiling refuses what AWS would refuse and what this matcher doesn't know.
 *
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */

import { type Matches, matcher, PatternError } from './operators';
import { refuseComplexity } from './wildcards';

type Json = Record<string, unknown>;

/** Whether a node of the event matches; undefined stands for a missing field. */
type Node = (value: unknown) => boolean;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param pattern a parsed event pattern
 * @returns a function that says whether an event matches
 * @throws Error naming the path and the operator that AWS refuses or that is unknown here
 */
export function compilePattern(pattern: unknown): (event: unknown) => boolean {
  const matches = fields(pattern, '');
  refuseComplexity(pattern);
  return matches;
}

function fields(pattern: unknown, path: string): Node {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new PatternError(path || 'the pattern', 'Expected an object with at least one field', pattern);
  }
  const tests = Object.entries(pattern).map(([key, inner]): Node => {
    const at = path ? `${path}.${key}` : key;
    if (key === '$or') return alternatives(inner, at, path);
    const test = Array.isArray(inner) ? leaf(inner, at) : fields(inner, at);
    return (value) => test(isObject(value) ? value[key] : undefined);
  });
  return (value) => {
    // Fields under a list must match within one element of it.
    if (Array.isArray(value) && value.length > 0) {
      return value.some((element) => tests.every((test) => test(element)));
    }
    return tests.every((test) => test(value));
  };
}

function alternatives(list: unknown, at: string, path: string): Node {
  if (!Array.isArray(list) || list.length < 2) {
    throw new PatternError(at, 'Expected a list of at least two patterns', list);
  }
  const tests = list.map((inner) => fields(inner, path));
  return (value) => tests.some((test) => test(value));
}

function leaf(list: unknown[], path: string): Node {
  if (list.length === 0) throw new PatternError(path, 'Expected at least one value', list);
  const matchers: Matches[] = list.map((entry) => matcher(entry, path));
  return (value) => {
    const candidates = Array.isArray(value) && value.length > 0 ? value : [value];
    return candidates.some((candidate) => matchers.some((matches) => matches(candidate)));
  };
}
