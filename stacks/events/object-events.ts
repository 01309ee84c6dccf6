import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { Queue } from '../messaging/queue';
import type { Key } from '../security/key';
import { type RoleProps, ServiceRole } from '../security/service-role';
import type { StateMachine } from '../state-machine/state-machine';
import type { Place } from '../storage/place';
import { createdPattern, deletedPattern, type Keys } from './patterns';

/** EventBridge tries no longer and no more often to start an execution: docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const MAXIMUM_EVENT_AGE = 24 * 60 * 60;
const MAXIMUM_RETRY_ATTEMPTS = 185;

export interface ObjectEventsProps {
  /** Start of the names of the rules and the queue. */
  readonly namePrefix: string;
  readonly role: RoleProps;
  readonly account: string;
  readonly bucket: Pick<Place, 'name'>;
  /** Which keys start an execution. */
  readonly keys: Keys;
  readonly stateMachine: StateMachine;
  /**
   * Encrypts the dead-letter queue.
   * @default - the key of SQS
   */
  readonly key?: Key;
}

/**
 * Starts an execution for each image that lands in the bucket or is deleted from it.
 *
 * The dead-letter queue holds the events for which EventBridge couldn't start an execution. An execution that fails later
 * takes its own error branch instead.
 */
export class ObjectEvents extends Construct {
  readonly deadLetterQueue: Queue;
  /** The rules, by what happened to the object. */
  readonly rules: { readonly created: { name: string }; readonly deleted: { name: string } };

  constructor(scope: Construct, id: string, props: ObjectEventsProps) {
    super(scope, id);
    const { namePrefix, bucket, keys, stateMachine } = props;

    const created = new CloudwatchEventRule(this, 'created-rule', {
      name: `${namePrefix}-object-created`,
      description: 'An image was uploaded: make its thumbnails.',
      eventPattern: JSON.stringify(createdPattern(bucket.name, keys)),
    });
    const deleted = new CloudwatchEventRule(this, 'deleted-rule', {
      name: `${namePrefix}-object-deleted`,
      description: 'An image was deleted: its thumbnails go too.',
      eventPattern: JSON.stringify(deletedPattern(bucket.name, keys)),
    });
    this.rules = { created, deleted };
    const rules = [created.arn, deleted.arn];
    const role = new ServiceRole(this, 'role', {
      ...props.role,
      service: 'events.amazonaws.com',
      source: { arns: rules, account: props.account },
      statements: [
        {
          sid: 'StartTheWorkflow',
          actions: ['states:StartExecution'],
          resources: [stateMachine.arn],
        },
      ],
    });
    this.deadLetterQueue = new Queue(this, 'dead-letter-queue', {
      name: `${namePrefix}-dead-letters`,
      key: props.key,
      statements: [
        {
          sid: 'RulesSendUndeliveredEvents',
          actions: ['sqs:SendMessage'],
          principals: [{ type: 'Service', identifiers: ['events.amazonaws.com'] }],
          condition: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: rules }],
        },
      ],
    });

    const startWorkflow = (name: string, rule: CloudwatchEventRule) =>
      new CloudwatchEventTarget(this, name, {
        rule: rule.name,
        targetId: 'state-machine',
        arn: stateMachine.arn,
        roleArn: role.arn,
        retryPolicy: {
          maximumEventAgeInSeconds: MAXIMUM_EVENT_AGE,
          maximumRetryAttempts: MAXIMUM_RETRY_ATTEMPTS,
        },
        deadLetterConfig: { arn: this.deadLetterQueue.arn },
        // EventBridge doesn't retry if a permission is missing: the event would be lost.
        dependsOn: [role.policy, this.deadLetterQueue.policy],
      });
    startWorkflow('created-target', created);
    startWorkflow('deleted-target', deleted);
  }
}
