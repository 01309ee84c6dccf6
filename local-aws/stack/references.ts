/**
 * Terraform's `${…}` in the strings of a synthesized stack: `${aws_sns_topic.errors.arn}`, `${data.aws_region.here.region}`
 * and the few other expressions that are understood. A template directive would need Terraform itself, and is refused.
 */

import { compute, type Expression, type LookUp, parseExpression, referencesIn } from './expressions';

type Part = string | Expression;

/**
 * Splits a string into text and references. `$${` and `%%{` stand for a literal `${` and `%{`.
 *
 * @throws Error for an expression that isn't understood, with a reason that can follow an address
 */
function parse(text: string): Part[] {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const three = text.slice(at, at + 3);
    if (three === '$${' || three === '%%{') {
      literal += three.slice(1);
      at += 3;
    } else if (three.startsWith('%{')) {
      throw new Error(`the template directive "${text.slice(at, at + 20)}" needs Terraform itself`);
    } else if (three.startsWith('${')) {
      const parsed = parseExpression(text, at + 2);
      if (!parsed) {
        const end = text.indexOf('}', at);
        const received = text.slice(at + 2, end < 0 ? undefined : end).trim();
        throw new Error(
          `Expected a plain reference such as \${aws_sns_topic.errors.arn} but received "\${${received}}", which needs Terraform itself`,
        );
      }
      if (literal) parts.push(literal);
      literal = '';
      parts.push(parsed.expression);
      at = parsed.end + 1;
    } else {
      literal += text[at++];
    }
  }
  if (literal) parts.push(literal);
  return parts;
}

/**
 * Replaces every expression in a JSON value. A string that is one expression takes the type of its value; in a longer
 * string the values are inserted as text, exactly as Terraform does.
 */
export function resolve(value: unknown, lookUp: LookUp): unknown {
  if (typeof value === 'string') {
    if (!value.includes('${') && !value.includes('%{')) return value;
    const parts = parse(value);
    const [only, ...more] = parts;
    if (typeof only === 'object' && more.length === 0) return compute(only, lookUp);
    return parts.map((part) => (typeof part === 'string' ? part : String(compute(part, lookUp)))).join('');
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookUp));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, lookUp)]));
  }
  return value;
}

/** Addresses that a block refers to, in its strings and in `depends_on`. Strings that can't be parsed count as none. */
export function referencedAddresses(block: Record<string, unknown>): string[] {
  const found = new Set<string>((block['depends_on'] as string[] | undefined) ?? []);
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      try {
        for (const part of value.includes('${') ? parse(value) : []) {
          for (const { address } of typeof part === 'object' ? referencesIn(part) : []) found.add(address);
        }
      } catch {
        // `resolve` reports it, with its address.
      }
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(collect);
    }
  };
  collect(block);
  return [...found];
}
