/** Which grants of a stack are needed: those that alone allowed some call. */

import type { PolicyStatement } from '../stack/model';
import { applies, atoms, delegates, type Request, servicesOf } from './statement';

/** One action that one statement allows on one resource, and to whom if the statement names a principal. */
export interface Grant {
  /** ARN of what the policy is attached to. */
  holder: string;
  /** Its `Sid`, or `#` and its number. */
  statement: string;
  principal?: string;
  action: string;
  /** Missing in a trust policy. */
  resource?: string;
  /** The service through which it allows the use of a key, if it names one. */
  via?: string;
}

/** Actions that AWS performs with the permissions of a role and that the engine does in another way. */
const NOT_RUN_LOCALLY: [reason: string, actions: string[]][] = [
  [
    'Lambda writes the logs of a function; here they are files',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ],
  [
    'Step Functions sets up the delivery of execution logs; here they are files',
    [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
  ],
  [
    'Lambda and Step Functions send traces to X-Ray; nothing is traced here',
    ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  ],
];

const REASONS = new Map(
  NOT_RUN_LOCALLY.flatMap(([reason, actions]) => actions.map((action) => [action, reason] as const)),
);

export interface UnneededGrants {
  /** No call so far needed these. */
  unneeded: Grant[];
  /** No call can need these here. */
  notRunLocally: (Grant & { reason: string })[];
}

interface Entry {
  grant: Grant;
  atom: PolicyStatement;
  needed: boolean;
}

export class Coverage {
  private readonly entries: Entry[] = [];

  /** Counts the grants of policies attached to one thing. */
  add(holder: string, statements: PolicyStatement[]): void {
    for (const [n, statement] of statements.entries()) {
      if (statement.Effect !== 'Allow') continue;
      for (const atom of atoms(statement)) {
        const [principal] = Object.values(atom.Principal ?? {}).flat();
        const [via] = servicesOf(atom) ?? [];
        const grant: Grant = {
          holder,
          statement: statement.Sid ?? `#${n + 1}`,
          ...(principal && { principal }),
          action: atom.Action[0]!,
          ...(atom.Resource[0] && { resource: atom.Resource[0] }),
          ...(via && { via }),
        };
        this.entries.push({ grant, atom, needed: false });
      }
    }
  }

  /**
   * Records an allowed request. If two grants allow it, it needs neither.
   *
   * @param owner ARN of what holds the policy of the requested resource
   * @param delegated whether that policy has to leave the request to the account before the caller's own count
   */
  allowed(request: Request, owner: string, delegated = false): void {
    const [first, second] = this.entries.filter(
      ({ grant, atom }) =>
        grant.holder === (atom.Principal ? owner : request.principal) && applies(atom, request),
    );
    if (!first || second) return;
    first.needed = true;
    if (!delegated || first.atom.Principal) return;
    const [only, other] = this.entries.filter(
      ({ grant, atom }) => grant.holder === owner && delegates(atom, request),
    );
    if (only && !other) only.needed = true;
  }

  report(): UnneededGrants {
    const grants = this.entries.filter(({ needed }) => !needed).map(({ grant }) => grant);
    return {
      unneeded: grants.filter(({ action }) => !REASONS.has(action)),
      notRunLocally: grants.flatMap((grant) => {
        const reason = REASONS.get(grant.action);
        return reason ? [{ ...grant, reason }] : [];
      }),
    };
  }
}
