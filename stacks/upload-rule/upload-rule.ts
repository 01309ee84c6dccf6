import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import type { Bucket } from '../bucket';
import { ServiceRole } from '../service-role';
import type { StateMachine } from '../state-machine/state-machine';
import { uploadPattern } from './pattern';

/** The longest EventBridge tries to start an execution: docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const MAXIMUM_EVENT_AGE = 24 * 60 * 60;
const MAXIMUM_RETRY_ATTEMPTS = 185;

/** The longest SQS keeps a message. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

export interface UploadRuleProps {
  readonly name: string;
  readonly roleName: string;
  readonly queueName: string;
  readonly region: string;
  readonly account: string;
  readonly bucket: Bucket;
  /** Which keys begin an execution. */
  readonly uploads: { prefix: string; suffixes: string[] };
  readonly stateMachine: StateMachine;
}

/**
 * Starts an execution for each image that lands in the bucket.
 *
 * The dead-letter queue holds the events for which EventBridge couldn't start one. An execution that fails later never
 * comes here: its error branch takes care of it.
 */
export class UploadRule extends Construct {
  readonly deadLetterQueueUrl: string;

  constructor(scope: Construct, id: string, props: UploadRuleProps) {
    super(scope, id);
    const { name, account, stateMachine } = props;

    const rule = new CloudwatchEventRule(this, 'rule', {
      name,
      description: 'An image was uploaded: make its thumbnails.',
      eventPattern: JSON.stringify(uploadPattern(props.bucket.name, props.uploads)),
    });
    const role = new ServiceRole(this, 'role', {
      name: props.roleName,
      service: 'events.amazonaws.com',
      source: { arn: `arn:aws:events:${props.region}:${account}:rule/${name}`, account },
      statements: [
        {
          sid: 'StartTheWorkflow',
          actions: ['states:StartExecution'],
          resources: [stateMachine.arn],
        },
      ],
    });
    const { queue, policy } = this.deadLetterQueue(props.queueName, rule);
    new CloudwatchEventTarget(this, 'target', {
      rule: rule.name,
      targetId: 'state-machine',
      arn: stateMachine.arn,
      roleArn: role.arn,
      retryPolicy: {
        maximumEventAgeInSeconds: MAXIMUM_EVENT_AGE,
        maximumRetryAttempts: MAXIMUM_RETRY_ATTEMPTS,
      },
      deadLetterConfig: { arn: queue.arn },
      // A missing permission is not retried: the event would be lost.
      dependsOn: [role.policy, policy],
    });
    this.deadLetterQueueUrl = queue.url;
  }

  private deadLetterQueue(name: string, rule: CloudwatchEventRule) {
    const queue = new SqsQueue(this, 'dead-letter-queue', {
      name,
      messageRetentionSeconds: RETENTION_SECONDS,
      // SSE-SQS: free, and EventBridge needs no grant on a key.
      sqsManagedSseEnabled: true,
    });
    const access = new DataAwsIamPolicyDocument(this, 'dead-letter-access', {
      statement: [
        {
          sid: 'ThisRuleSendsWhatItCouldNotDeliver',
          actions: ['sqs:SendMessage'],
          resources: [queue.arn],
          principals: [{ type: 'Service', identifiers: ['events.amazonaws.com'] }],
          condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: [rule.arn] }],
        },
        {
          sid: 'RefuseUnencryptedConnections',
          effect: 'Deny',
          actions: ['sqs:*'],
          resources: [queue.arn],
          principals: [{ type: '*', identifiers: ['*'] }],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
    const policy = new SqsQueuePolicy(this, 'dead-letter-policy', {
      queueUrl: queue.url,
      policy: access.json,
    });
    return { queue, policy };
  }
}
