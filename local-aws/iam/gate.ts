/** Decides every call by the policies of the stack, as IAM would, and records which grants are needed. */

import { userArn } from '../principals';
import { AwsError, type Call, type Gate } from '../service';
import type { PolicyDocument, Stack } from '../stack/model';
import { contextOf } from './context';
import { Coverage, type UnneededGrants } from './coverage';
import { evaluate, type Policies } from './evaluate';

/** Calls that were denied for the same reason. */
export interface Denial {
  principal: string;
  action: string;
  /** Of the first of them. */
  resource: string;
  why: string;
  times: number;
}

/** What a run shows about the policies of the stack. */
export interface PermissionReport extends UnneededGrants {
  denied: Denial[];
}

export type IamGate = Gate & { report(): PermissionReport };

/** The person who uses the engine may do everything that no resource's policy denies. */
const ADMINISTRATOR: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
};

/**
 * @returns a gate that rejects whatever the stack's policies don't allow, with `AccessDenied` (403) and AWS's text.
 *   Services may use another name for it.
 */
export function createIamGate(
  stack: Pick<Stack, 'account' | 'region' | 'roles' | 'resourcePolicies' | 'keys'>,
): IamGate {
  const roles = new Map(stack.roles.map((role) => [role.arn, role]));
  const keys = new Map(stack.keys.map((key) => [key.arn, key]));
  const user = userArn(stack.account);
  // A trust policy is the resource policy of a role, and a key policy that of a key.
  const resources = new Map([
    ...Object.entries(stack.resourcePolicies),
    ...stack.roles.map(({ arn, trust }) => [arn, trust] as const),
    ...stack.keys.map(({ arn, policy }) => [arn, policy] as const),
  ]);

  const coverage = new Coverage();
  for (const { arn, policies } of stack.roles) {
    coverage.add(
      arn,
      policies.flatMap(({ Statement }) => Statement),
    );
  }
  for (const [arn, { Statement }] of resources) {
    // The stack has no say in whether grants in other keys' policies are needed.
    if ((keys.get(arn)?.madeBy ?? 'stack') === 'stack') coverage.add(arn, Statement);
  }
  const denials = new Map<string, Denial>();

  function policiesFor(principal: string, owner: string): Policies {
    const role = roles.get(principal);
    return {
      identity: principal === user ? [ADMINISTRATOR] : (role?.policies ?? []),
      boundary: role?.boundary?.document,
      resource: resources.get(owner),
      delegated: keys.has(owner),
    };
  }

  const gate: Gate = async (call) => {
    const { action, resource } = call;
    const principal = call.principal.arn;
    const owner = ownerOf(resource);
    const request = { principal, action, resource, context: contextOf(call, stack) };
    const decision = evaluate(request, policiesFor(principal, owner));
    if (!decision.allowed) {
      deny(call, decision.why);
      throw new AwsError('AccessDenied', messageOf(call, decision.why), 403);
    }
    if (principal !== user) coverage.allowed(request, owner, keys.has(owner));
  };

  function deny({ principal: { arn }, action, resource }: Call, why: string): void {
    const key = `${arn} ${action} ${why}`;
    const denial = denials.get(key) ?? { principal: arn, action, resource, why, times: 0 };
    denials.set(key, { ...denial, times: denial.times + 1 });
  }

  return Object.assign(gate, {
    report: () => ({ ...coverage.report(), denied: [...denials.values()] }),
  });
}

/** ARN of the resource that has the policy: for an object its bucket, otherwise the resource itself. */
function ownerOf(resource: string): string {
  return resource.startsWith('arn:aws:s3:::') ? resource.split('/')[0]! : resource;
}

function messageOf({ principal, action, resource }: Call, why: string): string {
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
