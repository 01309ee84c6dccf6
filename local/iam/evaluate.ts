/**
 * IAM's decision on a request, within one account and without boundaries, session policies and organizations.
 *
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

import type { PolicyDocument, PolicyStatement } from '../stack/model';
import { applies, type Request } from './statement';

export interface Policies {
  /** Policies of the calling user or role; none for a service. */
  identity: PolicyDocument[];
  /** Policy of the resource, or the trust policy where the resource is a role. */
  resource?: PolicyDocument;
}

export interface Decision {
  allowed: boolean;
  /** Reads on after "is authorized" or "is not authorized", in AWS's words. */
  why: string;
  /** Statements that decided; none where nothing spoke of the request. */
  statements: PolicyStatement[];
}

/** A service acts by what resources grant it, and has no policies of its own. */
export const isService = (principal: string) => !principal.startsWith('arn:');

/** An explicit deny wins; otherwise one allow is enough, whichever kind of policy it is in; otherwise it is denied. */
export function evaluate(request: Request, { identity, resource }: Policies): Decision {
  const kinds = {
    'identity-based': identity.flatMap(({ Statement }) => Statement),
    'resource-based': resource?.Statement ?? [],
  };
  const found = Object.entries(kinds).flatMap(([kind, statements]) =>
    statements.filter((each) => applies(each, request)).map((statement) => ({ kind, statement })),
  );
  const of = (effect: PolicyStatement['Effect']) =>
    found.filter(({ statement }) => statement.Effect === effect);
  const decided = (by: typeof found) => by.map(({ statement }) => statement);

  const [denied, allowed] = [of('Deny'), of('Allow')];
  if (denied[0]) {
    const why = `with an explicit deny in ${article(denied[0].kind)} ${denied[0].kind} policy`;
    return { allowed: false, why, statements: decided(denied) };
  }
  if (allowed[0]) {
    const why = `because ${article(allowed[0].kind)} ${allowed[0].kind} policy allows the ${request.action} action`;
    return { allowed: true, why, statements: decided(allowed) };
  }
  const kind = isService(request.principal) ? 'resource-based' : 'identity-based';
  const why = `because no ${kind} policy allows the ${request.action} action`;
  return { allowed: false, why, statements: [] };
}

const article = (kind: string) => (kind.startsWith('i') ? 'an' : 'a');
