import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import type { Key } from './key';
import type { Statement } from './statement';

/** What every role of the stack has in common. */
export interface RoleProps {
  /** Name of the role. Roles are global to the account, so it holds the region. */
  readonly name: string;
  /**
   * ARN of a policy that the role's permissions never go beyond.
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
  /**
   * The resources for which the service may do so.
   * @default - any resource of the service
   */
  readonly source?: { arns: string[]; account: string };
  /** What the role may do. */
  readonly statements: Statement[];
}

/** A role that one AWS service can assume, with exactly the given permissions. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** Wait for it before using the role: without its policy the role can do nothing. */
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
          // Against the confused deputy: the service must be acting for these resources of this account.
          condition: source && [
            { test: 'StringEquals', variable: 'aws:SourceAccount', values: [source.account] },
            { test: 'ArnLike', variable: 'aws:SourceArn', values: source.arns },
          ],
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
