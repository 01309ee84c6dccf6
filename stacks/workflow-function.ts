import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { ServiceRole, type Statement } from './service-role';

export interface WorkflowFunctionProps {
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  /** The deployment package: a zip, and its SHA-256 in base64. */
  readonly package: { path: string; sha256: string };
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /**
   * Concurrency that is kept free for this function, and is also the most it gets.
   * @default - its share of the account's
   */
  readonly reservedConcurrency?: number;
  readonly environment: Record<string, string>;
  /** What the function may do beyond writing its own logs and traces. */
  readonly statements: Statement[];
  readonly logs: { retentionDays: number; level: string };
}

/** A function of the workflow, with its own role and log group. */
export class WorkflowFunction extends Construct {
  /** ARN without a version. */
  readonly arn: string;
  /** ARN of the version this deploy publishes. */
  readonly versionArn: string;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);

    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${props.name}`,
      retentionInDays: props.logs.retentionDays,
    });
    // Lambda takes on the roles of its own account only, so its trust needs no condition against a confused deputy.
    const role = new ServiceRole(this, 'role', {
      name: props.roleName,
      service: 'lambda.amazonaws.com',
      statements: [...props.statements, writeOwnLogs(logs), writeTraces],
    });
    const code = new TerraformAsset(this, 'package', {
      path: props.package.path,
      type: AssetType.FILE,
      assetHash: Buffer.from(props.package.sha256, 'base64').toString('hex').slice(0, 32),
    });
    const lambda = new LambdaFunction(this, 'function', {
      functionName: props.name,
      description: props.description,
      role: role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: code.path,
      sourceCodeHash: props.package.sha256,
      // The definition names the version: running executions keep the code they began with.
      publish: true,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { variables: { NODE_OPTIONS: '--enable-source-maps', ...props.environment } },
      loggingConfig: {
        logFormat: 'JSON',
        applicationLogLevel: props.logs.level,
        logGroup: logs.name,
      },
      tracingConfig: { mode: 'Active' },
      // A first invocation before the policy is there would fail and leave no log.
      dependsOn: [role.policy],
    });
    this.arn = lambda.arn;
    this.versionArn = lambda.qualifiedArn;
  }
}

/** Without `logs:CreateLogGroup`: the group exists, and so keeps its retention. */
const writeOwnLogs = (group: CloudwatchLogGroup): Statement => ({
  sid: 'WriteOwnLogs',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`${group.arn}:*`],
});

/** X-Ray has no resources to name. */
const writeTraces: Statement = {
  sid: 'WriteTraces',
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
};
