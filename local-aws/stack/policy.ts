/** IAM policy documents, from JSON text or from Terraform's `aws_iam_policy_document`, in one normal form. */

import { checkStatement, type PolicyKind } from '../iam/check';
import { matches } from '../iam/pattern';
import type { PolicyDocument, PolicyStatement } from './model';

const VERSION = '2012-10-17';
const STATEMENT_KEYS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'Principal', 'Condition'];
const BLOCK_KEYS = ['sid', 'effect', 'actions', 'resources', 'principals', 'condition'];

type Json = Record<string, unknown>;

function list(value: unknown): string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
}

function blocks(value: unknown): Json[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as Json[]) : [value as Json];
}

function refuseOthers(keys: string[], known: string[]): void {
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new Error(
      `the policy element ${unknown.join(', ')} is not evaluated locally; known are ${known.join(', ')}`,
    );
  }
}

/** `"*"` and `{"AWS": "*"}` mean the same in a resource policy. */
function principals(value: unknown): Record<string, string[]> {
  if (value === '*') return { AWS: ['*'] };
  return Object.fromEntries(Object.entries(value as Json).map(([type, ids]) => [type, list(ids)]));
}

function statement(raw: Json): PolicyStatement {
  refuseOthers(Object.keys(raw), STATEMENT_KEYS);
  if (raw['Effect'] !== 'Allow' && raw['Effect'] !== 'Deny') {
    throw new Error(`Expected Allow or Deny for Effect but received ${JSON.stringify(raw['Effect'])}`);
  }
  const result: PolicyStatement = {
    Effect: raw['Effect'],
    Action: list(raw['Action']),
    Resource: list(raw['Resource']),
  };
  if (raw['NotAction'] !== undefined) result.NotAction = list(raw['NotAction']);
  if (raw['Sid']) result.Sid = String(raw['Sid']);
  if (raw['Principal'] !== undefined) result.Principal = principals(raw['Principal']);
  if (raw['Condition'] !== undefined) {
    result.Condition = Object.fromEntries(
      Object.entries(raw['Condition'] as Record<string, Json>).map(([test, keys]) => [
        test,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, list(values)])),
      ]),
    );
  }
  return result;
}

/**
 * @param document JSON text of a policy, or the parsed policy
 * @param kind what the policy is attached to
 * @throws Error naming an element that is unknown, or that AWS would decide differently
 */
export function parsePolicy(document: unknown, kind: PolicyKind): PolicyDocument {
  const parsed = (typeof document === 'string' ? JSON.parse(document) : document) as Json;
  refuseOthers(Object.keys(parsed), ['Version', 'Id', 'Statement']);
  const Statement = blocks(parsed['Statement'])
    .filter((each) => kind !== 'boundary' || speaksOfWhatIsRun(each))
    .map(statement);
  for (const each of Statement) checkStatement(each, kind);
  return { Version: String(parsed['Version'] ?? VERSION), Statement };
}

/** The services whose actions are decided locally. */
const SERVICES = ['dynamodb', 'events', 'kms', 'lambda', 's3', 'sns', 'sqs', 'states', 'sts'];

/** A boundary limits everything that a role could do. Its statements about other services change nothing here. */
const speaksOfWhatIsRun = ({ Action }: Json) =>
  Action === undefined ||
  list(Action).some((action) =>
    SERVICES.some((service) => matches(action.split(':')[0]!.toLowerCase(), service, new Map())),
  );

/** Renders the arguments of a `data.aws_iam_policy_document` as the policy in its `json` attribute. */
export function renderPolicy(block: Json): PolicyDocument {
  return {
    Version: String(block['version'] ?? VERSION),
    Statement: blocks(block['statement']).map((raw) => {
      refuseOthers(Object.keys(raw), BLOCK_KEYS);
      const result: Json = {
        Effect: raw['effect'] ?? 'Allow',
        Action: list(raw['actions']),
        // Terraform writes IAM's own `${aws:username}` as `&{aws:username}`.
        Resource: list(raw['resources']).map((arn) => arn.replaceAll('&{', '${')),
      };
      if (raw['sid']) result['Sid'] = raw['sid'];
      for (const { type, identifiers } of blocks(raw['principals'])) {
        const kind = type === '*' ? 'AWS' : String(type);
        const soFar = (result['Principal'] ?? {}) as Record<string, string[]>;
        result['Principal'] = { ...soFar, [kind]: [...(soFar[kind] ?? []), ...list(identifiers)] };
      }
      for (const { test, variable, values } of blocks(raw['condition'])) {
        const soFar = (result['Condition'] ?? {}) as Record<string, Json>;
        result['Condition'] = {
          ...soFar,
          [String(test)]: {
            ...soFar[String(test)],
            [String(variable)]: list(values).map((text) => text.replaceAll('&{', '${')),
          },
        };
      }
      return statement(result);
    }),
  };
}
