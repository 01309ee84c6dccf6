/**
 * IAM's decision on a request, within one account and without session policies and organizations.
 *
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

import type { PolicyDocument, PolicyStatement } from '../stack/model';
import { applies, delegates, type Request } from './statement';

export interface Policies {
  /** Policies of the calling user or role; none for a service. */
  identity: PolicyDocument[];
  /** The permissions boundary of the caller, which limits what its own policies grant. */
  boundary?: PolicyDocument;
  /** Policy of the resource, or its trust policy if the resource is a role. */
  resource?: PolicyDocument;
  /**
   * Whether the caller's policies count only if the resource's policy delegates the request to the account, as with KMS
   * keys. Source: docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
   */
  delegated?: boolean;
}

export interface Decision {
  allowed: boolean;
  /** Continues "is authorized" or "is not authorized", in AWS's own text. */
  why: string;
  /** The statements that decided; none if no statement matched. */
  statements: PolicyStatement[];
}

type Kind = 'an identity-based policy' | 'a permissions boundary' | 'a resource-based policy';

/** A service has no policies of its own; the policies of resources grant it access. */
export const isService = (principal: string) => !principal.startsWith('arn:');

/**
 * An explicit deny wins, whichever policy it is in. Otherwise the caller's own policies allow what its boundary also
 * allows, and the resource's policy allows by itself. But if the resource's policy names the caller's role (rather than a
 * session, or everyone by `*`), the boundary limits that too. In all other cases the request is denied.
 */
export function evaluate(request: Request, policies: Policies): Decision {
  const { identity, boundary, resource, delegated = false } = policies;
  const of = (effect: PolicyStatement['Effect'], documents: PolicyDocument[]) =>
    documents
      .flatMap(({ Statement }) => Statement)
      .filter((statement) => statement.Effect === effect && applies(statement, request));
  const kinds: [Kind, PolicyDocument[]][] = [
    ['an identity-based policy', identity],
    ['a permissions boundary', boundary ? [boundary] : []],
    ['a resource-based policy', resource ? [resource] : []],
  ];
  const denials = kinds.map(([kind, documents]) => [kind, of('Deny', documents)] as const);
  const denied = denials.find(([, statements]) => statements.length > 0);
  if (denied) {
    const statements = denials.flatMap(([, each]) => each);
    return { allowed: false, why: `with an explicit deny in ${denied[0]}`, statements };
  }

  const bounded = boundary !== undefined && of('Allow', [boundary]).length === 0;
  const leftToAccount =
    !delegated || resource?.Statement.some((statement) => delegates(statement, request)) === true;
  const own = of('Allow', identity);
  const granted = of('Allow', resource ? [resource] : []);
  const allowed: [Kind, PolicyStatement[]][] = [
    ['an identity-based policy', bounded || !leftToAccount ? [] : own],
    ['a resource-based policy', bounded ? granted.filter(isForEveryone) : granted],
  ];
  const [first] = allowed.filter(([, statements]) => statements.length > 0);
  if (first) {
    const why = `because ${first[0]} allows the ${request.action} action`;
    return { allowed: true, why, statements: allowed.flatMap(([, each]) => each) };
  }
  const missing = missingKind(isService(request.principal), own.length + granted.length === 0, bounded);
  return { allowed: false, why: `because no ${missing} allows the ${request.action} action`, statements: [] };
}

/** The kind of policy that would have had to allow a request, when none has denied it. */
function missingKind(service: boolean, grantedByNone: boolean, bounded: boolean): string {
  if (service) return 'resource-based policy';
  if (grantedByNone) return 'identity-based policy';
  return bounded ? 'permissions boundary' : 'resource-based policy';
}

const isForEveryone = ({ Principal }: PolicyStatement) => Principal?.['AWS']?.includes('*') === true;
