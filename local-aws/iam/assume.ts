/** How services of AWS assume the roles of a stack. */

import type { Principals } from '../principals';
import type { Gate, Principal } from '../service';
import type { Stack } from '../stack/model';

/**
 * A service assumes a role for one of the stack's resources.
 *
 * @throws AwsError AccessDenied when the role does not trust the service, or not for this resource
 */
export async function assume(
  gate: Gate,
  principals: Principals,
  role: string,
  service: Principal,
): Promise<Principal> {
  await gate({ principal: service, action: 'sts:AssumeRole', resource: role });
  return principals.role(role);
}

/**
 * Lambda and Step Functions refuse to create what they can't run, so a deploy would fail. EventBridge notices when
 * the first event comes.
 *
 * @throws Error naming the first function or state machine whose role does not trust its service
 */
export async function checkTrust(
  gate: Gate,
  principals: Principals,
  stack: Pick<Stack, 'functions' | 'stateMachines'>,
): Promise<void> {
  const users = [
    // AWS doesn't document that Lambda names a source when it assumes a role, so here it names none: a role that asks for one fails.
    ...stack.functions.map(({ arn, role }) => ({
      arn,
      role,
      service: principals.service('lambda.amazonaws.com'),
    })),
    ...stack.stateMachines.map(({ arn, role }) => ({
      arn,
      role,
      service: principals.service('states.amazonaws.com', arn),
    })),
  ];
  for (const { arn, role, service } of users) {
    await assume(gate, principals, role, service).catch((error: Error) => {
      throw new Error(`${arn} cannot run as its role: ${error.message}`);
    });
  }
}
