import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Key } from '../security/key';
import { type RoleProps, ServiceRole } from '../security/service-role';
import type { Statement } from '../security/statement';

export interface WorkflowFunctionProps {
  readonly name: string;
  readonly role: RoleProps;
  readonly account: string;
  readonly description: string;
  /** The deployment package: a zip, and its SHA-256 in base64. */
  readonly package: { path: string; sha256: string };
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /**
   * Concurrency reserved for this function, which is also its maximum.
   * @default - it shares the concurrency of the account
   */
  readonly reservedConcurrency?: number;
  /**
   * How many instances of the version that this deploy publishes are kept warm.
   * @default 0
   */
  readonly provisionedConcurrency?: number;
  readonly environment: Record<string, string>;
  /** What the function may do beyond writing its own logs and traces. */
  readonly statements: Statement[];
  readonly logs: { retentionDays: number; level: string };
  /**
   * Encrypts the logs and the environment variables.
   * @default - keys of AWS
   */
  readonly key?: Key;
}

/** A function of the workflow, with its own role and log group. */
export class WorkflowFunction extends Construct {
  readonly name: string;
  /** ARN without a version. */
  readonly arn: string;
  /** ARN of the version that this deploy publishes. */
  readonly versionArn: string;
  /** What API Gateway calls. */
  readonly invokeArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);

    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${props.name}`,
      retentionInDays: props.logs.retentionDays,
      kmsKeyId: props.key?.arn,
    });
    // Lambda takes no function whose role is of another account, and AWS doesn't say for which of its calls Lambda names a source.
    const role = new ServiceRole(this, 'role', {
      ...props.role,
      service: 'lambda.amazonaws.com',
      source: { account: props.account },
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
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: code.path,
      sourceCodeHash: props.package.sha256,
      // The definition names the version, so running executions keep the code they began with.
      publish: true,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      reservedConcurrentExecutions: props.reservedConcurrency,
      kmsKeyArn: props.key?.arn,
      environment: { variables: props.environment },
      loggingConfig: {
        logFormat: 'JSON',
        applicationLogLevel: props.logs.level,
        logGroup: logs.name,
      },
      tracingConfig: { mode: 'Active' },
      // An invocation before the policy exists would fail and leave no log.
      dependsOn: [role.policy],
    });
    this.name = lambda.functionName;
    this.arn = lambda.arn;
    this.versionArn = lambda.qualifiedArn;
    this.invokeArn = lambda.invokeArn;
    this.memoryMb = props.memoryMb;
    this.logGroup = logs.name;
    if (props.provisionedConcurrency) this.keepWarm(lambda, props.provisionedConcurrency);
  }

  /**
   * Each deploy that publishes a version releases the warm instances of the previous one and then requests new ones, so
   * for some minutes an image may wait a second for a cold start. The other order, `create_before_destroy`, would need
   * twice the instances within the reservation, and `skip_destroy` would keep paying for those of every old version.
   */
  private keepWarm(lambda: LambdaFunction, instances: number): void {
    new LambdaProvisionedConcurrencyConfig(this, 'provisioned-concurrency', {
      functionName: lambda.functionName,
      qualifier: lambda.version,
      provisionedConcurrentExecutions: instances,
    });
  }
}

/** Without `logs:CreateLogGroup`: the group already exists, and so keeps its retention. */
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
