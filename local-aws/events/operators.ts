/** The operators of an EventBridge event pattern, each tested and refused on its own. */

import { BlockList, isIP } from 'node:net';

/** Whether one scalar of the event matches; undefined stands for a missing field. */
export type Matches = (value: unknown) => boolean;

export class PatternError extends Error {
  constructor(path: string, expectation: string, received: unknown) {
    super(`Event pattern: ${path}: ${expectation} but received ${JSON.stringify(received)}`);
    this.name = 'PatternError';
  }
}

type Compile = (argument: unknown, path: string) => Matches;

const isText = (value: unknown): value is string => typeof value === 'string';

function textOperator(test: (value: string, argument: string) => boolean): Compile {
  return (argument, path) => {
    if (!isText(argument)) throw new PatternError(path, 'Expected text', argument);
    return (value) => isText(value) && test(value, argument);
  };
}

const equalsIgnoreCase = textOperator((value, argument) => value.toLowerCase() === argument.toLowerCase());

/** `prefix` and `suffix` take text, or `{"equals-ignore-case": text}`. */
function affix(test: (value: string, argument: string) => boolean): Compile {
  const plain = textOperator(test);
  const folded = textOperator((value, argument) => test(value.toLowerCase(), argument.toLowerCase()));
  return (argument, path) => {
    if (isText(argument)) return plain(argument, path);
    const [operator, inner] = single(argument, path);
    if (operator !== 'equals-ignore-case') {
      throw new PatternError(path, 'Expected text or {"equals-ignore-case": text}', argument);
    }
    return folded(inner, path);
  };
}

const prefix = affix((value, argument) => value.startsWith(argument));
const suffix = affix((value, argument) => value.endsWith(argument));

/** `*` matches any characters; `\*` and `\\` are literal. */
const wildcard: Compile = (argument, path) => {
  if (!isText(argument)) throw new PatternError(path, 'Expected text', argument);
  const tokens = argument.match(/\\[\s\S]?|\*|[^\\*]+/g) ?? [];
  tokens.forEach((token, index) => {
    if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') {
      throw new PatternError(path, 'Expected * or \\ after a backslash', argument);
    }
    if (token === '*' && tokens[index + 1] === '*') {
      throw new PatternError(path, 'Expected no two * in a row', argument);
    }
  });
  const pieces: string[] = [''];
  for (const token of tokens) {
    if (token === '*') pieces.push('');
    else pieces[pieces.length - 1] += token.startsWith('\\') ? token.slice(1) : token;
  }
  return (value) => isText(value) && matchesPieces(value, pieces);
};

/** Each piece may match as far left as possible, because only the last one is tied to the end: no backtracking. */
function matchesPieces(value: string, pieces: string[]): boolean {
  const first = pieces[0]!;
  const last = pieces[pieces.length - 1]!;
  if (pieces.length === 1) return value === first;
  if (!value.startsWith(first)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = value.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return value.length - last.length >= from && value.endsWith(last);
}

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `["<", 10]`, or a range with the lower bound first: `[">", 0, "<=", 5]`. */
const numeric: Compile = (argument, path) => {
  const wrong = (expectation: string) => new PatternError(path, expectation, argument);
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    throw wrong('Expected one or two pairs of comparison and number');
  }
  const bounds: [string, number][] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const [comparison, bound] = [argument[index], argument[index + 1]];
    if (!isText(comparison) || !COMPARE[comparison]) throw wrong('Expected one of = < <= > >=');
    if (typeof bound !== 'number') throw wrong('Expected a number after the comparison');
    bounds.push([comparison, bound]);
  }
  const [lower, upper] = bounds;
  if (upper && !(lower![0].startsWith('>') && upper[0].startsWith('<') && lower![1] < upper[1])) {
    throw wrong('Expected a range with > or >= first, then < or <= with a larger number');
  }
  return (value) =>
    typeof value === 'number' && bounds.every(([comparison, bound]) => COMPARE[comparison]!(value, bound));
};

const exists: Compile = (argument, path) => {
  if (typeof argument !== 'boolean') throw new PatternError(path, 'Expected true or false', argument);
  return (value) => (value !== undefined) === argument;
};

const cidr: Compile = (argument, path) => {
  const [address = '', bits = '', ...rest] = isText(argument) ? argument.split('/') : [];
  const version = isIP(address);
  const wide = version === 6 ? 128 : 32;
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > wide) {
    throw new PatternError(path, 'Expected an IP range such as 10.0.0.0/24', argument);
  }
  const range = new BlockList();
  const family = version === 6 ? 'ipv6' : 'ipv4';
  range.addSubnet(address, Number(bits), family);
  return (value) => isText(value) && isIP(value) === version && range.check(value, family);
};

const EXCEPT: Record<string, Compile> = { prefix, suffix, wildcard, 'equals-ignore-case': equalsIgnoreCase };

/** Any value but these; the field must be there. */
const anythingBut: Compile = (argument, path) => {
  const except = exclusions(argument, path);
  return (value) => value !== undefined && !except.some((matches) => matches(value));
};

function exclusions(argument: unknown, path: string): Matches[] {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    const [operator, inner] = single(argument, path);
    const compile = EXCEPT[operator];
    if (!compile) {
      throw new PatternError(
        path,
        `Expected one of ${Object.keys(EXCEPT).join(', ')} in anything-but`,
        operator,
      );
    }
    return nonEmpty(inner, path).map((value) => compile(value, `${path}.${operator}`));
  }
  const values = nonEmpty(argument, path);
  const type = typeof values[0];
  if ((type !== 'string' && type !== 'number') || values.some((value) => typeof value !== type)) {
    throw new PatternError(path, 'Expected only texts or only numbers', argument);
  }
  return values.map((value) => (candidate) => candidate === value);
}

function nonEmpty(value: unknown, path: string): unknown[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PatternError(path, 'Expected at least one value', value);
  return list;
}

const OPERATORS: Record<string, Compile> = {
  prefix,
  suffix,
  'equals-ignore-case': equalsIgnoreCase,
  'anything-but': anythingBut,
  numeric,
  exists,
  wildcard,
  cidr,
};

function single(value: unknown, path: string): [string, unknown] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length !== 1) throw new PatternError(path, 'Expected exactly one operator', value);
  return entries[0]!;
}

/**
 * @param entry one entry of a list in the pattern: a value to equal, or one operator
 * @param path its position, for the error
 */
export function matcher(entry: unknown, path: string): Matches {
  if (entry === null || ['string', 'number', 'boolean'].includes(typeof entry))
    return (value) => value === entry;
  if (Array.isArray(entry)) throw new PatternError(path, 'Expected a value or an operator', entry);
  const [operator, argument] = single(entry, path);
  const compile = OPERATORS[operator];
  if (!compile) {
    throw new PatternError(
      path,
      `Expected one of the operators ${Object.keys(OPERATORS).join(', ')}`,
      operator,
    );
  }
  return compile(argument, `${path}.${operator}`);
}
