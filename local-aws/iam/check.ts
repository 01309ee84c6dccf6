/** Refuses policies that AWS accepts but that would be decided differently here. */

import type { PolicyStatement } from '../stack/model';
import { isOperator, OPERATORS } from './conditions';
import { CONDITION_KEYS } from './context';
import { variablesOf } from './pattern';
import { isAccount } from './statement';

/** What a policy is attached to: a user or role, the same as its boundary, a resource, or a role as its trust policy. */
export type PolicyKind = 'identity' | 'boundary' | 'resource' | 'trust';

const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
const USER_OR_ROLE = /^arn:aws:iam::\d{12}:(user|role)\/[\w+=,.@/-]+$/;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com$/;

const KNOWN_KEYS = new Set(CONDITION_KEYS.map((key) => key.toLowerCase()));

function expected(what: string, received: unknown): Error {
  return new Error(`Expected ${what} but received ${JSON.stringify(received)}`);
}

/** @throws Error naming the element, what it may be and what it is */
export function checkStatement(statement: PolicyStatement, kind: PolicyKind): void {
  const { Action, NotAction, Resource, Principal, Condition = {} } = statement;
  // `NotAction` in a boundary is a limit; in a grant it would grant everything else.
  if (NotAction && kind !== 'boundary') {
    throw new Error(`the policy element NotAction is not evaluated locally in the ${kind} policy`);
  }
  const actions = NotAction ?? Action;
  if (actions.length === 0) throw expected('an action for Action', actions);
  for (const action of actions) {
    if (!ACTION.test(action)) throw expected('service:action or * for Action', action);
  }
  if (kind === 'trust' ? Resource.length > 0 : Resource.length === 0) {
    throw expected(`${kind === 'trust' ? 'no' : 'a'} Resource in the ${kind} policy`, Resource);
  }
  const ofCaller = kind === 'identity' || kind === 'boundary';
  if (ofCaller !== (Principal === undefined)) {
    throw expected(`${ofCaller ? 'no' : 'a'} Principal in the ${kind} policy`, Principal);
  }
  for (const [type, ids] of Object.entries(Principal ?? {})) checkPrincipals(type, ids);
  for (const [operator, keys] of Object.entries(Condition)) checkCondition(operator, keys);
  checkVariables([...Resource, ...Object.values(Condition).flatMap((keys) => Object.values(keys).flat())]);
}

function checkPrincipals(type: string, ids: string[]): void {
  for (const id of ids) {
    if (type === 'AWS') {
      if (id !== '*' && !isAccount(id) && !USER_OR_ROLE.test(id)) {
        throw expected('*, an account, a user or a role for an AWS principal', id);
      }
    } else if (type !== 'Service') {
      throw expected('AWS or Service for the type of a principal', type);
    } else if (!SERVICE.test(id)) {
      throw expected('the name of a service for a Service principal', id);
    }
  }
}

function checkCondition(operator: string, keys: Record<string, string[]>): void {
  if (!isOperator(operator)) {
    throw expected(`one of ${OPERATORS.join(', ')}, with or without IfExists, for a condition`, operator);
  }
  for (const key of Object.keys(keys)) checkKey('a condition key', key);
}

function checkVariables(texts: string[]): void {
  for (const name of texts.flatMap(variablesOf)) checkKey('a policy variable', name);
}

function checkKey(what: string, key: string): void {
  if (!KNOWN_KEYS.has(key.toLowerCase())) {
    throw expected(`${what} that calls have locally (${CONDITION_KEYS.join(', ')})`, key);
  }
}
