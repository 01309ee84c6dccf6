/**
 * Patterns in a policy: `*` matches any characters, `?` one, and `${key}` is replaced by a value of the request,
 * which is taken literally. `${*}`, `${?}` and `${$}` are the characters themselves.
 *
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */

import { ANY, fits, ONE, type Token } from '../wildcards';

/** Condition keys of a request, in lower case, with their values. */
export type Context = ReadonlyMap<string, string>;

const PARTS = /\$\{([^}]*)\}|./gsu;
const ESCAPED = ['*', '?', '$'];

/** Names of the condition keys a pattern takes values from. */
export function variablesOf(pattern: string): string[] {
  return [...pattern.matchAll(PARTS)]
    .map(([, name]) => name)
    .filter((name) => name !== undefined && !ESCAPED.includes(name)) as string[];
}

/** @returns undefined if the request has no value for a variable: then the pattern matches nothing */
function compile(pattern: string, context: Context): Token[] | undefined {
  const tokens: Token[] = [];
  for (const [part, name] of pattern.matchAll(PARTS)) {
    if (name !== undefined) {
      const value = ESCAPED.includes(name) ? name : context.get(name.toLowerCase());
      if (value === undefined) return undefined;
      tokens.push(...value);
    } else {
      tokens.push(part === '*' ? ANY : part === '?' ? ONE : part);
    }
  }
  return tokens;
}

/** Compiled patterns without variables. They come from the policies of a stack, so there are few. */
const tests = new Map<string, (text: string) => boolean>();

/** Whether a text matches the pattern. */
export function matches(pattern: string, text: string, context: Context): boolean {
  if (pattern.includes('${')) {
    const tokens = compile(pattern, context);
    return tokens !== undefined && fits(tokens, [...text]);
  }
  const test = tests.get(pattern) ?? testOf(pattern);
  tests.set(pattern, test);
  return test(text);
}

/** Most patterns are plain text, or that and a `*` at the end. */
function testOf(pattern: string): (text: string) => boolean {
  const wildcard = pattern.search(/[*?]/);
  if (wildcard < 0) return (text) => text === pattern;
  if (wildcard === pattern.length - 1 && pattern.endsWith('*')) {
    const start = pattern.slice(0, -1);
    return (text) => text.startsWith(start);
  }
  const tokens = compile(pattern, new Map()) as Token[];
  return (text) => fits(tokens, [...text]);
}

/** A pattern as plain text: variables are replaced, `*` and `?` are ordinary characters. */
export function literal(pattern: string, context: Context): string | undefined {
  const tokens = compile(pattern, context);
  return tokens?.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');
}

/** Whether an ARN matches the pattern. Each of the six parts is matched by itself. */
export function matchesArn(pattern: string, arn: string, context: Context): boolean {
  const tokens = compile(pattern, context);
  if (!tokens) return false;
  const [patterns, parts] = [arnParts(tokens), arnParts([...arn])];
  return (
    patterns.length === ARN_PARTS &&
    parts.length === ARN_PARTS &&
    patterns.every((part, n) => fits(part, parts[n] as string[]))
  );
}

/** `arn:partition:service:region:account:resource`; the resource may contain colons. */
const ARN_PARTS = 6;

function arnParts(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token === ':' && parts.length < ARN_PARTS) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}
