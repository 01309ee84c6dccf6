/**
 * Subscription filter policies on message attributes
 * (docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).
 */

import type { MessageAttributes } from './message';

type Value = string | number | boolean | null;
type Condition = (values: Value[] | undefined) => boolean;

/**
 * @returns whether a message with these attributes passes the policy: for every name, one of its conditions must match
 * @throws Error for an operator that isn't known here, rather than delivering too much or too little
 */
export function compileFilter(policy: Record<string, unknown>): (attributes: MessageAttributes) => boolean {
  const names = Object.entries(policy).map(([name, conditions]) => {
    if (!Array.isArray(conditions)) {
      throw new Error(
        `Expected an array of conditions for '${name}' but received ${JSON.stringify(conditions)}`,
      );
    }
    return { name, conditions: conditions.map(compileCondition) };
  });
  return (attributes) =>
    names.every(({ name, conditions }) => {
      const values = valuesOf(attributes, name);
      return conditions.some((condition) => condition(values));
    });
}

function compileCondition(condition: unknown): Condition {
  if (condition === null || typeof condition !== 'object') return anyValue((value) => value === condition);
  const [[operator, operand] = [], ...others] = Object.entries(condition);
  if (others.length === 0) {
    if (operator === 'exists' && typeof operand === 'boolean')
      return (values) => (values !== undefined) === operand;
    if (operator === 'prefix' && typeof operand === 'string') return anyValue(startsWith(operand));
    if (operator === 'anything-but') return anythingBut(operand);
    if (operator === 'numeric' && Array.isArray(operand)) return numeric(operand);
  }
  throw new Error(
    `Expected a value, or one of exists, prefix, anything-but or numeric, in a filter policy but received ${JSON.stringify(condition)}`,
  );
}

const anyValue =
  (test: (value: Value) => boolean): Condition =>
  (values) =>
    values?.some(test) ?? false;

const startsWith = (prefix: string) => (value: Value) =>
  typeof value === 'string' && value.startsWith(prefix);

function anythingBut(operand: unknown): Condition {
  const values: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (values.every((value) => typeof value === 'string' || typeof value === 'number')) {
    return anyValue((value) => !(values as Value[]).includes(value));
  }
  const { prefix, ...rest } = operand as { prefix?: unknown };
  if (typeof prefix === 'string' && Object.keys(rest).length === 0) {
    const starts = startsWith(prefix);
    return anyValue((value) => !starts(value));
  }
  throw new Error(
    `Expected strings, numbers or a prefix for anything-but but received ${JSON.stringify(operand)}`,
  );
}

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function numeric(operand: unknown[]): Condition {
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length || i === 0; i += 2) {
    const compare = COMPARISONS[String(operand[i])];
    const bound = operand[i + 1];
    if (!compare || typeof bound !== 'number') {
      throw new Error(
        `Expected pairs of one of ${Object.keys(COMPARISONS).join(' ')} and a number for numeric but received ${JSON.stringify(operand)}`,
      );
    }
    tests.push((value) => compare(value, bound));
  }
  return anyValue((value) => typeof value === 'number' && tests.every((test) => test(value)));
}

/** The values of an attribute that a condition may match. Binary attributes are not filtered on. */
function valuesOf(attributes: MessageAttributes, name: string): Value[] | undefined {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute?.StringValue === undefined) return undefined;
  const { DataType, StringValue } = attribute;
  if (DataType === 'String.Array') return JSON.parse(StringValue) as Value[];
  return [DataType.startsWith('Number') ? Number(StringValue) : StringValue];
}
