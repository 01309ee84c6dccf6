/**
 * The `Condition` element of a policy statement.
 *
 * Every condition key known here has one value at most, so `ForAllValues:` holds if there is none or if that one passes, and
 * `ForAnyValue:` is not known. Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

import type { PolicyStatement } from '../stack/model';
import { type Context, literal, matches, matchesArn } from './pattern';

type Condition = NonNullable<PolicyStatement['Condition']>;

/** Compares the value of the request with one of the policy. */
type Test = (actual: string, expected: string, context: Context) => boolean;

const arn: Test = (actual, expected, context) => matchesArn(expected, actual, context);

const numeric =
  (compare: (actual: number, expected: number) => boolean): Test =>
  (actual, expected) =>
    compare(Number(actual), Number(expected));

const TESTS: Record<string, Test> = {
  StringEquals: (actual, expected, context) => literal(expected, context) === actual,
  StringEqualsIgnoreCase: (actual, expected, context) =>
    literal(expected, context)?.toLowerCase() === actual.toLowerCase(),
  StringLike: (actual, expected, context) => matches(expected, actual, context),
  // The two are the same: both know wildcards.
  ArnEquals: arn,
  ArnLike: arn,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
};

/** Negated operators, which hold if no value does, by the operator they negate. */
const NEGATIONS: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

const NULL = 'Null';
const IF_EXISTS = 'IfExists';
const FOR_ALL = 'ForAllValues:';

/** Names of the operators; all but `Null` may end in `IfExists`. */
export const OPERATORS = [...Object.keys(TESTS), ...Object.keys(NEGATIONS), NULL];

export function isOperator(operator: string): boolean {
  const name = withoutSet(operator);
  if (name !== operator && name === NULL) return false;
  const plain = name.endsWith(IF_EXISTS) ? name.slice(0, -IF_EXISTS.length) : name;
  return OPERATORS.includes(plain) && (plain === name || plain !== NULL);
}

const withoutSet = (name: string) => (name.startsWith(FOR_ALL) ? name.slice(FOR_ALL.length) : name);

/** @param operator one that {@link isOperator} knows */
function holdsFor(
  operator: string,
  actual: string | undefined,
  expected: string[],
  context: Context,
): boolean {
  if (operator.startsWith(FOR_ALL)) {
    return actual === undefined || holdsFor(withoutSet(operator), actual, expected, context);
  }
  if (operator === NULL) return expected.includes(String(actual === undefined));
  const ifExists = operator.endsWith(IF_EXISTS);
  const plain = ifExists ? operator.slice(0, -IF_EXISTS.length) : operator;
  const negated = NEGATIONS[plain];
  // A key that is missing from the request equals nothing.
  if (actual === undefined) return ifExists || negated !== undefined;
  const test = TESTS[negated ?? plain]!;
  return expected.some((value) => test(actual, value, context)) === (negated === undefined);
}

/** Whether all conditions hold. Several values of one key are alternatives. */
export function holds(condition: Condition, context: Context): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) =>
      holdsFor(operator, context.get(key.toLowerCase()), expected, context),
    ),
  );
}
