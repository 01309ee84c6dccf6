/**
 * Terraform's `${…}` in the strings of a synthesized stack.
 *
 * Only plain references are understood: `${aws_sns_topic.errors.arn}` or `${data.aws_region.here.region}`. A function,
 * an operator, an index or a template directive would need Terraform itself, and is refused.
 */

/** One `${type.name.attribute}`, with `data.` in front for a data source. */
export interface Reference {
  /** `aws_sns_topic.errors` or `data.aws_region.here`. */
  address: string;
  attribute: string;
}

type Part = string | Reference;

const REFERENCE = /^((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*)\.([a-z_]+)$/;
const WHOLE = /^\$\{([^{}]*)\}$/;

/**
 * Splits a string into text and references. `$${` and `%%{` stand for a literal `${` and `%{`.
 *
 * @throws Error with a reason that fits behind an address, for everything but plain references
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
      const end = text.indexOf('}', at);
      const expression = text.slice(at + 2, end < 0 ? undefined : end).trim();
      const match = end < 0 ? null : REFERENCE.exec(expression);
      if (!match) {
        throw new Error(
          `Expected a plain reference such as \${aws_sns_topic.errors.arn} but received "\${${expression}}", which needs Terraform itself`,
        );
      }
      if (literal) parts.push(literal);
      literal = '';
      parts.push({ address: match[1]!, attribute: match[2]! });
      at = end + 1;
    } else {
      literal += text[at++];
    }
  }
  if (literal) parts.push(literal);
  return parts;
}

/**
 * Replaces every reference in a JSON value. A string that is one reference takes the type of what it refers to; in
 * a longer string the values are put in as text, exactly as Terraform does it.
 */
export function resolve(value: unknown, lookUp: (reference: Reference) => unknown): unknown {
  if (typeof value === 'string') {
    if (!value.includes('${') && !value.includes('%{')) return value;
    const parts = parse(value);
    const [only] = parts;
    if (WHOLE.test(value) && typeof only === 'object') return lookUp(only);
    return parts.map((part) => (typeof part === 'string' ? part : String(lookUp(part)))).join('');
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookUp));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, lookUp)]));
  }
  return value;
}

/** Addresses a block refers to, in its strings and in `depends_on`; strings that do not parse count as none. */
export function referencedAddresses(block: Record<string, unknown>): string[] {
  const found = new Set<string>((block['depends_on'] as string[] | undefined) ?? []);
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      try {
        for (const part of value.includes('${') ? parse(value) : []) {
          if (typeof part === 'object') found.add(part.address);
        }
      } catch {
        // Reported by `resolve`, with its address.
      }
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(collect);
    }
  };
  collect(block);
  return [...found];
}
