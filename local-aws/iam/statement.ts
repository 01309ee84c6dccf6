/** Whether a statement of a policy matches a request. */

import type { PolicyStatement } from '../stack/model';
import { holds } from './conditions';
import { type Context, matches } from './pattern';

/** One call of one action, with everything on which IAM's decision depends. */
export interface Request {
  /** ARN of a user or role, or name of a service such as `events.amazonaws.com`. */
  principal: string;
  /** For example `s3:GetObject`. */
  action: string;
  /** ARN, or `*` for an action on no particular resource. */
  resource: string;
  context: Context;
}

/** Actions are case-insensitive, resources are not. A trust policy names no resource: it applies to its role. */
export function applies(statement: PolicyStatement, request: Request): boolean {
  return (
    concerns(statement, request) &&
    (statement.Principal === undefined || includes(statement, request.principal))
  );
}

/**
 * Whether the policy of a resource leaves a request to the policies of the account's own users and roles. A service is
 * none of them.
 */
export function delegates(statement: PolicyStatement, request: Request): boolean {
  const { Effect, Principal = {} } = statement;
  return Effect === 'Allow' && namesAccountOf(Principal, request.principal) && concerns(statement, request);
}

/** Whether a statement matches action, resource and conditions. It ignores the caller. */
function concerns(statement: PolicyStatement, { action, resource, context }: Request): boolean {
  const { Action, NotAction, Resource, Condition } = statement;
  const isAction = (pattern: string) => matches(pattern.toLowerCase(), action.toLowerCase(), context);
  return (
    (NotAction ? !NotAction.some(isAction) : Action.some(isAction)) &&
    (Resource.length === 0 || Resource.some((pattern) => matches(pattern, resource, context))) &&
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
  return Effect === 'Deny' && namesAccountOf(Principal, caller);
}

const namesAccountOf = ({ AWS = [] }: Record<string, string[]>, caller: string) =>
  AWS.some((id) => isAccount(id) && accountOf(id) === accountOf(caller));

/** `000000000000` or `arn:aws:iam::000000000000:root`. */
export const isAccount = (id: string) => /^(arn:aws:iam::)?\d{12}(:root)?$/.test(id);

const accountOf = (id: string) => /\d{12}/.exec(id)?.[0];

const VIA = 'kms:ViaService';

/** The services through which a statement allows the use of a key, if this operator names them. */
export const servicesOf = ({ Condition }: PolicyStatement): string[] | undefined =>
  Condition?.['StringEquals']?.[VIA];

/**
 * Splits the statement into one for each principal, action and resource it names, and for each service through which it
 * allows the use of a key. Each of them is a permission that could be left out.
 */
export function atoms(statement: PolicyStatement): PolicyStatement[] {
  const { Action, Resource, Principal, Condition } = statement;
  const services = servicesOf(statement)?.map((service) => ({
    Condition: { ...Condition, StringEquals: { ...Condition!['StringEquals'], [VIA]: [service] } },
  })) ?? [{}];
  const principals = Principal
    ? Object.entries(Principal).flatMap(([kind, ids]) => ids.map((id) => ({ Principal: { [kind]: [id] } })))
    : [{}];
  const resources = Resource.length > 0 ? Resource.map((arn) => [arn]) : [[]];
  return principals.flatMap((principal) =>
    Action.flatMap((action) =>
      resources.flatMap((resource) =>
        services.map((service) => ({
          ...statement,
          ...principal,
          ...service,
          Action: [action],
          Resource: resource,
        })),
      ),
    ),
  );
}
