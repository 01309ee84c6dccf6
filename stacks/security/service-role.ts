import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import type { Key } from './key';
import type { Statement } from './statement';

/** What every role of the stack has in common. */
export interface RoleProps {
  /** Name of the role. Roles are global to the account, so the name has to contain the region. */
  readonly name: string;
  /**
   * ARN of the policy that limits the role's permissions.
   * @default - none
   */
  readonly permissionsBoundary?: string;
  /**
   * The key of the data that the role works on. The role gets the permissions on it that its statements need.
   * @default - keys that AWS owns, which need no permission
   */
  readonly key?: Key;
}

export interface ServiceRoleProps extends RoleProps {
  /** AWS service that assumes the role, for example `lambda.amazonaws.com`. */
  readonly service: string;
  /** On whose behalf the service may assume the role. */
  readonly source: Source;
  /** What the role may do. */
  readonly statements: Statement[];
}

/** Prevents the confused deputy problem: a service acts for many accounts, and has to act for this one. */
export interface Source {
  readonly account: string;
  /**
   * The resources for which the service assumes the role, if it names them.
   * @default - AWS doesn't document that the service names a source. If it names one, it has to be of this account.
   */
  readonly arns?: string[];
}

/** A role that one AWS service can assume, with exactly the given permissions. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** The role can do nothing before this exists, so depend on it. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const { name, permissionsBoundary, key, service, source, statements } = props;

    const trust = new DataAwsIamPolicyDocument(this, 'trust', {
      statement: [
        {
          sid: 'OnlyTheService',
          actions: ['sts:AssumeRole'],
          principals: [{ type: 'Service', identifiers: [service] }],
          condition: source.arns
            ? [
                { test: 'StringEquals', variable: 'aws:SourceAccount', values: [source.account] },
                { test: 'ArnLike', variable: 'aws:SourceArn', values: source.arns },
              ]
            : [{ test: 'StringEqualsIfExists', variable: 'aws:SourceAccount', values: [source.account] }],
        },
      ],
    });
    const role = new IamRole(this, 'role', { name, assumeRolePolicy: trust.json, permissionsBoundary });
    const permissions = new DataAwsIamPolicyDocument(this, 'permissions', {
      statement: [...statements, ...(key?.neededFor(statements) ?? [])],
    });
    this.policy = new IamRolePolicy(this, 'policy', {
      name: 'permissions',
      role: role.name,
      policy: permissions.json,
    });
    this.arn = role.arn;
  }
}
