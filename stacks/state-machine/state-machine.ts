import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../contract/messages/outcome-event';
import { forEachState } from '../catalogue';
import type { Keys } from '../events/patterns';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Queue } from '../messaging/queue';
import type { Topic } from '../messaging/topic';
import type { Key } from '../security/key';
import { type RoleProps, ServiceRole } from '../security/service-role';
import type { Statement } from '../security/statement';
import { EVENT_BUS, type News } from './announcements';
import type { FunctionTimeouts } from './arns';
import { definition } from './definition';

export interface StateMachineProps {
  readonly name: string;
  readonly role: RoleProps;
  readonly region: string;
  readonly account: string;
  readonly functions: Record<keyof FunctionTimeouts, WorkflowFunction>;
  /** Seconds that each function may run. */
  readonly timeouts: FunctionTimeouts;
  /** Which keys are named like images. */
  readonly keys: Keys;
  /** How outcomes are told. */
  readonly news: News;
  /** Gets a message for each failure. */
  readonly errors: Topic;
  /** Gets the failures that the topic did not accept. */
  readonly failures: Queue;
  /** Gets the events that have to wait for capacity. */
  readonly backlog: Queue;
  /** `executionData`: whether the input and output of each state is logged. */
  readonly logs: { retentionDays: number; executionData: boolean };
  /**
   * Encrypts the logs. The role needs no permission for it: CloudWatch Logs does the encryption.
   * @default - CloudWatch's own key
   */
  readonly key?: Key;
}

/** The EXPRESS state machine, with its role and its log group. */
export class StateMachine extends Construct {
  readonly arn: string;
  readonly logGroup: string;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, functions, errors, failures, backlog } = props;

    // With this prefix, log delivery needs no entry in the account's log resource policy, which holds 5,120 characters.
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/vendedlogs/states/${name}`,
      retentionInDays: props.logs.retentionDays,
      kmsKeyId: props.key?.arn,
    });
    const role = new ServiceRole(this, 'role', {
      ...props.role,
      service: 'states.amazonaws.com',
      source: {
        // Without the name, as AWS's page has it: AWS doesn't document which ARN an Express execution sends.
        // docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
        arns: [`arn:aws:states:${props.region}:${props.account}:stateMachine:*`],
        account: props.account,
      },
      statements: [
        runStates(Object.values(functions)),
        publishFailures(errors),
        queueEvents(backlog, failures),
        ...(props.news.events ? [announceOutcomes(props)] : []),
        deliverLogs,
        writeExecutionLogs(logs),
        writeTraces,
      ],
    });
    const machine = new SfnStateMachine(this, 'state-machine', {
      name,
      type: 'EXPRESS',
      roleArn: role.arn,
      definition: JSON.stringify(
        definition(
          {
            ...forEachState((key) => functions[key].versionArn),
            errorTopic: errors.arn,
            backlogQueue: backlog.url,
            failureQueue: failures.url,
          },
          props.timeouts,
          props.keys,
          props.news,
        ),
      ),
      // An Express execution keeps no history: the console draws its graph from these logs.
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: props.logs.executionData,
        logDestination: `${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
      // AWS checks on creation that the role may deliver logs.
      dependsOn: [role.policy],
    });
    this.arn = machine.arn;
    this.logGroup = logs.name;
  }
}

/** Every version of these functions: executions that run during a deploy still call the previous version. */
const runStates = (functions: WorkflowFunction[]): Statement => ({
  sid: 'RunTheStates',
  actions: ['lambda:InvokeFunction'],
  resources: functions.map(({ arn }) => `${arn}:*`),
});

const publishFailures = (errors: Topic): Statement => ({
  sid: 'PublishFailures',
  actions: ['sns:Publish'],
  resources: [errors.arn],
});

const queueEvents = (backlog: Queue, failures: Queue): Statement => ({
  sid: 'SendToBacklogAndFailureQueue',
  actions: ['sqs:SendMessage'],
  resources: [backlog.arn, failures.arn],
});

/** Only events of this source, so that the workflow can't pretend to be another program. */
const announceOutcomes = ({ region, account }: Pick<StateMachineProps, 'region' | 'account'>): Statement => ({
  sid: 'AnnounceOutcomes',
  actions: ['events:PutEvents'],
  resources: [`arn:aws:events:${region}:${account}:event-bus/${EVENT_BUS}`],
  condition: [{ test: 'StringEquals', variable: 'events:source', values: [EVENT_SOURCE] }],
});

/**
 * Eight of the ten actions that docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html lists. With them, Step Functions
 * connects the log group when the machine is made or changed. They name no resource. AWS doesn't say which of the ten an
 * Express machine can do without, so it gets all of them.
 */
const deliverLogs: Statement = {
  sid: 'DeliverExecutionLogs',
  actions: [
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ],
  resources: ['*'],
};

/** The other two actions of that page, which can be limited to one log group. */
const writeExecutionLogs = (group: CloudwatchLogGroup): Statement => ({
  sid: 'WriteExecutionLogs',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`${group.arn}:*`],
});

/** X-Ray has no resources to name. */
const writeTraces: Statement = {
  sid: 'WriteTraces',
  actions: [
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ],
  resources: ['*'],
};
