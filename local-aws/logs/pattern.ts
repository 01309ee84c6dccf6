/**
 * Filter patterns of CloudWatch Logs for messages in JSON: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */

import { AwsError } from '../service';
import { ANY, fits } from '../wildcards';

/** Whether a message matches. */
export type Filter = (message: string) => boolean;

type Test = (root: unknown) => boolean;

/** docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const LONGEST = 1_024;

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*")|(?<selector>\$(?:\.[\w-]+|\[\d+\]|\['[^']*'\])+)|(?<sign>&&|\|\||!=|<=|>=|[(){}=<>])|(?<word>[\w.*:/@#+-]+))/y;

interface Token {
  kind: 'text' | 'selector' | 'sign' | 'word';
  value: string;
}

/** @throws AwsError InvalidParameterException for a pattern that CloudWatch has and the engine hasn't, and for one that is none */
export function compileFilter(pattern: string): Filter {
  if (pattern.length > LONGEST) {
    throw invalid(`Expected at most ${LONGEST} characters for filterPattern but received ${pattern.length}.`);
  }
  if (pattern.trim() === '') return () => true;
  const test = parse(pattern);
  return (message) => {
    const root = parsed(message);
    return root !== undefined && test(root);
  };
}

function parse(pattern: string): Test {
  const tokens = tokensOf(pattern);
  const fail = (): never => {
    throw invalid(
      `Expected a filter pattern such as { $.level = "ERROR" && $.size > 5 } but received ${pattern}. ` +
        'The local engine understands no others.',
    );
  };
  const take = (kind: Token['kind'], value?: string): string => {
    const token = tokens.shift();
    return token?.kind === kind && (value ?? token.value) === token.value ? token.value : fail();
  };
  const isNext = (value: string) => tokens[0]?.kind === 'sign' && tokens[0].value === value;

  /** Terms that are joined by one operator. */
  const joined = (sign: string, term: () => Test, join: (tests: Test[]) => Test): Test => {
    const tests = [term()];
    while (isNext(sign)) {
      take('sign', sign);
      tests.push(term());
    }
    return tests.length === 1 ? (tests[0] as Test) : join(tests);
  };
  const either = (): Test => joined('||', both, (tests) => (root) => tests.some((test) => test(root)));
  const both = (): Test => joined('&&', one, (tests) => (root) => tests.every((test) => test(root)));
  const one = (): Test => {
    if (isNext('(')) {
      take('sign', '(');
      const inner = either();
      take('sign', ')');
      return inner;
    }
    const steps = stepsOf(take('selector'));
    const compare = COMPARISONS[take('sign')] ?? fail();
    const operand = tokens.shift();
    if (operand?.kind !== 'text' && operand?.kind !== 'word') return fail();
    const matches = compare(operand) ?? fail();
    return (root) => {
      const value = valueAt(root, steps);
      return value !== undefined && matches(value);
    };
  };

  take('sign', '{');
  const test = either();
  take('sign', '}');
  return tokens.length === 0 ? test : fail();
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const text = pattern.trim();
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    const found = Object.entries(groups ?? {}).find(([, value]) => value !== undefined);
    if (!found) throw invalid(`Invalid character in term '${text.slice(at, at + 20)}'`);
    tokens.push({ kind: found[0] as Token['kind'], value: found[1] as string });
  }
  return tokens;
}

type Comparison = (operand: Token) => ((value: unknown) => boolean) | undefined;

const ordered =
  (holds: (value: number, operand: number) => boolean): Comparison =>
  (operand) => {
    const number = numberIn(operand);
    if (number === undefined) return undefined;
    return (value) => typeof value === 'number' && holds(value, number);
  };

const equals: Comparison = (operand) => {
  const number = numberIn(operand);
  const text = wildcard(operand);
  return (value) => (typeof value === 'number' && number !== undefined ? value === number : text(value));
};

const COMPARISONS: Record<string, Comparison> = {
  '=': equals,
  '!=': (operand) => {
    const same = equals(operand) as (value: unknown) => boolean;
    return (value) => typeof value !== 'object' && !same(value);
  },
  '<': ordered((value, operand) => value < operand),
  '<=': ordered((value, operand) => value <= operand),
  '>': ordered((value, operand) => value > operand),
  '>=': ordered((value, operand) => value >= operand),
};

function numberIn({ kind, value }: Token): number | undefined {
  const number = kind === 'word' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

/** A text in which `*` stands for any characters. */
function wildcard({ kind, value }: Token): (value: unknown) => boolean {
  const text = kind === 'text' ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  const pattern = [...text].map((character) => (character === '*' ? ANY : character));
  return (found) => typeof found === 'string' && fits(pattern, [...found]);
}

/** `$.a['b'][0]` as its steps. */
const stepsOf = (selector: string): string[] =>
  [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(
    ([, name, index, quoted]) => (name ?? index ?? quoted) as string,
  );

function valueAt(root: unknown, steps: readonly string[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function parsed(message: string): unknown {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);
