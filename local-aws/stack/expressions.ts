/**
 * The expressions in Terraform's `${…}` that are understood: references, numbers, strings, `true` and `false`, comparisons,
 * `!`, `&&`, `||` and `condition ? this : that`. Functions, indexes, arithmetic and everything else would need Terraform
 * itself and are refused.
 *
 * Source: developer.hashicorp.com/terraform/language/expressions
 */

/** `type.name.attribute`, with `data.` in front for a data source; or `self.attribute`. */
export interface Reference {
  /** `aws_sns_topic.errors`, `data.aws_region.here` or `self`. */
  address: string;
  attribute: string;
}

export type Expression =
  | Reference
  | { value: string | number | boolean }
  | { not: Expression }
  | { operator: string; left: Expression; right: Expression }
  | { when: Expression; then: Expression; otherwise: Expression };

/** The value of a reference. */
export type LookUp = (reference: Reference) => unknown;

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(?<number>-?\d+(?:\.\d+)?)|(?<text>"(?:[^"\\$%]|\\.)*")|(?<sign>==|!=|>=|<=|&&|\|\||[<>!?:()]))/y;

/** Operators that bind less strongly come first. */
const OPERATORS = [['||'], ['&&'], ['==', '!='], ['>=', '<=', '>', '<']];

const RESOURCE = /^((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*)\.([a-z_]+)$/;
const SELF = /^(self)\.([a-z_]+)$/;

interface Token {
  kind: string;
  text: string;
}

/**
 * Reads an expression up to the `}` that ends it.
 *
 * @param at where it starts in the text
 * @returns the expression, and where the `}` is; undefined for what is not understood
 */
export function parseExpression(
  text: string,
  at: number,
): { expression: Expression; end: number } | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = at;
  let end = at;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [kind, value] = Object.entries(match.groups!).find(([, group]) => group !== undefined)!;
    tokens.push({ kind, text: value! });
    end = TOKEN.lastIndex;
  }
  end += /^\s*/.exec(text.slice(end))![0].length;
  if (text[end] !== '}') return undefined;
  const parser = new Parser(tokens);
  const expression = parser.expression();
  return expression && parser.isDone ? { expression, end } : undefined;
}

/** Recursive descent. Every method returns undefined for anything it doesn't understand. */
class Parser {
  private next = 0;

  constructor(private readonly tokens: Token[]) {}

  get isDone(): boolean {
    return this.next === this.tokens.length;
  }

  expression(): Expression | undefined {
    const when = this.binary(0);
    if (!when || !this.take('?')) return when;
    const then = this.expression();
    if (!then || !this.take(':')) return undefined;
    const otherwise = this.expression();
    return otherwise && { when, then, otherwise };
  }

  private binary(level: number): Expression | undefined {
    const operators = OPERATORS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while (left) {
      const operator = operators.find((each) => this.take(each));
      if (!operator) return left;
      const right = this.binary(level + 1);
      left = right && { operator, left, right };
    }
    return undefined;
  }

  private unary(): Expression | undefined {
    if (this.take('!')) {
      const not = this.unary();
      return not && { not };
    }
    if (this.take('(')) {
      const inner = this.expression();
      return this.take(')') ? inner : undefined;
    }
    const token = this.tokens[this.next++];
    if (token?.kind === 'number') return { value: Number(token.text) };
    if (token?.kind === 'text') return { value: JSON.parse(token.text) as string };
    if (token?.kind !== 'name') return undefined;
    if (token.text === 'true' || token.text === 'false') return { value: token.text === 'true' };
    const [, address, attribute] = RESOURCE.exec(token.text) ?? SELF.exec(token.text) ?? [];
    return address && attribute ? { address, attribute } : undefined;
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.next];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.next++;
    return true;
  }
}

/** Every reference in an expression, even in branches that aren't chosen: Terraform orders blocks by all of them. */
export function referencesIn(expression: Expression): Reference[] {
  if ('address' in expression) return [expression];
  if ('not' in expression) return referencesIn(expression.not);
  if ('operator' in expression) return [expression.left, expression.right].flatMap(referencesIn);
  if ('when' in expression) {
    return [expression.when, expression.then, expression.otherwise].flatMap(referencesIn);
  }
  return [];
}

/** @throws Error if an operator gets a value of the wrong type */
export function compute(expression: Expression, lookUp: LookUp): unknown {
  if ('address' in expression) return lookUp(expression);
  if ('value' in expression) return expression.value;
  if ('not' in expression) return !truth(compute(expression.not, lookUp));
  if ('when' in expression) {
    const { when, then, otherwise } = expression;
    return compute(truth(compute(when, lookUp)) ? then : otherwise, lookUp);
  }
  const { operator, left, right } = expression;
  const [a, b] = [compute(left, lookUp), compute(right, lookUp)];
  switch (operator) {
    case '||':
      return truth(a) || truth(b);
    case '&&':
      return truth(a) && truth(b);
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>=':
      return number(a) >= number(b);
    case '<=':
      return number(a) <= number(b);
    case '>':
      return number(a) > number(b);
    default:
      return number(a) < number(b);
  }
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error(`Expected true or false in a condition but received ${JSON.stringify(value)}`);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`Expected a number in a comparison but received ${JSON.stringify(value)}`);
}
