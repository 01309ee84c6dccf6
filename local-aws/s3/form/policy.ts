/**
 * What the policy of an upload form allows.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */

import { AwsError } from '../../service';

/** Sizes of a file in bytes, both inclusive. */
export interface SizeRange {
  min: number;
  max: number;
}

interface Condition {
  operator: 'eq' | 'starts-with';
  /** Name of a field in lower case. */
  field: string;
  value: string;
}

export interface FormPolicy {
  /** Milliseconds since 1970. */
  expiration: number;
  conditions: Condition[];
  size: SizeRange;
}

/** Fields that need no condition: those that carry the policy, those it can't know, and those that S3 ignores. */
const UNCOVERED = /^(x-amz-signature|file|policy|x-ignore-.*)$/;

/** @param encoded JSON in Base64 @throws AwsError `InvalidPolicyDocument` */
export function parseFormPolicy(encoded: string): FormPolicy {
  const { expiration, conditions } = decode(encoded);
  const end =
    typeof expiration === 'string' && ISO_8601.test(expiration) ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(end)) throw invalid(`Invalid 'expiration' value: '${String(expiration)}'`);
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  const policy: FormPolicy = {
    expiration: end,
    conditions: [],
    size: { min: 0, max: Number.POSITIVE_INFINITY },
  };
  for (const condition of conditions) {
    const [operator, name, value] = asList(condition);
    const kind = String(operator).toLowerCase();
    if (kind === 'content-length-range') narrow(policy.size, name, value, condition);
    else policy.conditions.push(match(kind, name, value, condition));
  }
  return policy;
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function decode(encoded: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch {
    // Answered like any other invalid document.
  }
  throw invalid('Invalid JSON.');
}

/** `{"acl": "private"}` is short for `["eq", "$acl", "private"]`. */
function asList(condition: unknown): unknown[] {
  if (Array.isArray(condition) && condition.length === 3) return condition;
  if (typeof condition === 'object' && condition !== null && !Array.isArray(condition)) {
    const [property, another] = Object.entries(condition);
    if (property && !another) return ['eq', `$${property[0]}`, property[1]];
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.');
  }
  throw invalid(`Invalid Condition: ${JSON.stringify(condition)}`);
}

/** If there are several ranges, all of them apply. */
function narrow(size: SizeRange, min: unknown, max: unknown, condition: unknown): void {
  const [from, to] = [min, max].map((bytes) =>
    /^\d{1,15}$/.test(String(bytes)) ? Number(bytes) : Number.NaN,
  );
  if (!(from! <= to!)) throw invalid(`Invalid Condition: ${JSON.stringify(condition)}`);
  size.min = Math.max(size.min, from!);
  size.max = Math.min(size.max, to!);
}

function match(operator: string, name: unknown, value: unknown, condition: unknown): Condition {
  const known = operator === 'eq' || operator === 'starts-with';
  if (!known || typeof name !== 'string' || !/^\$./.test(name) || typeof value !== 'string') {
    throw invalid(`Invalid Condition: ${JSON.stringify(condition)}`);
  }
  return { operator, field: name.slice(1).toLowerCase(), value };
}

/**
 * @param fields by lower-case name; `bucket` is the one of the request and `key` the one to be written
 * @param sent names of the fields in the form: a condition has to cover each
 * @throws AwsError `AccessDenied`
 */
export function checkFormPolicy(
  policy: FormPolicy,
  fields: ReadonlyMap<string, string>,
  sent: Iterable<string>,
  now: number,
): void {
  if (policy.expiration <= now) throw denied('Policy expired.');
  for (const condition of policy.conditions) {
    if (!holds(condition, fields.get(condition.field))) {
      const { operator, field, value } = condition;
      throw denied(`Policy Condition failed: ["${operator}", "$${field}", "${value}"]`);
    }
  }
  const covered = new Set(policy.conditions.map(({ field }) => field));
  const extra = [...sent].filter((name) => !covered.has(name) && !UNCOVERED.test(name));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
}

function holds({ operator, field, value }: Condition, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if (operator === 'eq') return actual === value;
  // A content type with commas is a list, and every entry has to start like that.
  const parts = field === 'content-type' ? actual.split(',') : [actual];
  return parts.every((part) => part.startsWith(value));
}

const invalid = (what: string) => new AwsError('InvalidPolicyDocument', `Invalid Policy: ${what}`, 400);

const denied = (what: string) => new AwsError('AccessDenied', `Invalid according to Policy: ${what}`, 403);
