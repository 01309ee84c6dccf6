/** Whether a statement of a policy speaks of a request. */

import type { PolicyStatement } from '../stack/model';
import { holds } from './conditions';
import { type Context, matches } from './pattern';

/** One call of one action, with everything IAM decides it by. */
export interface Request {
  /** ARN of a user or role, or name of a service such as `events.amazonaws.com`. */
  principal: string;
  /** For example `s3:GetObject`. */
  action: string;
  /** ARN, or `*` for an action that is on no resource in particular. */
  resource: string;
  context: Context;
}

/** Actions have no letter case; resources have. A trust policy names no resource: it is about its role. */
export function applies(statement: PolicyStatement, request: Request): boolean {
  const { Action, Resource, Principal, Condition } = statement;
  const { principal, action, resource, context } = request;
  return (
    Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase(), context)) &&
    (Resource.length === 0 || Resource.some((pattern) => matches(pattern, resource, context))) &&
    (Principal === undefined || includes(statement, principal)) &&
    (Condition === undefined || holds(Condition, context))
  );
}

/**
 * A statement that names an account denies everyone in it. Allowing an account grants nothing by itself: it leaves to
 * the account's identity-based policies whom they allow, which within one account they do anyway.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function includes({ Effect, Principal = {} }: PolicyStatement, caller: string): boolean {
  const { AWS = [], Service = [] } = Principal;
  if (AWS.includes('*') || AWS.includes(caller) || Service.includes(caller)) return true;
  return Effect === 'Deny' && AWS.some((id) => isAccount(id) && accountOf(id) === accountOf(caller));
}

/** `000000000000` or `arn:aws:iam::000000000000:root`. */
export const isAccount = (id: string) => /^(arn:aws:iam::)?\d{12}(:root)?$/.test(id);

const accountOf = (id: string) => /\d{12}/.exec(id)?.[0];

/** The statement taken apart: one for each principal, action and resource it names. */
export function atoms(statement: PolicyStatement): PolicyStatement[] {
  const { Action, Resource, Principal } = statement;
  const principals = Principal
    ? Object.entries(Principal).flatMap(([kind, ids]) => ids.map((id) => ({ Principal: { [kind]: [id] } })))
    : [{}];
  const resources = Resource.length > 0 ? Resource.map((arn) => [arn]) : [[]];
  return principals.flatMap((principal) =>
    Action.flatMap((action) =>
      resources.map((resource) => ({ ...statement, ...principal, Action: [action], Resource: resource })),
    ),
  );
}
