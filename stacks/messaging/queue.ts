import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import type { Key } from '../security/key';
import type { Statement } from '../security/statement';

/** The longest SQS keeps a message. */
const RETENTION_SECONDS = 14 * 24 * 60 * 60;

export interface QueueProps {
  readonly name: string;
  /**
   * Seconds a received message stays hidden from other receivers.
   * @default - that of SQS, 30
   */
  readonly visibilityTimeoutSeconds?: number;
  /**
   * Where a message goes after it was received too often. Its retention still counts from when it was first sent.
   * @default - it stays in this queue until its retention ends
   */
  readonly redrive?: { queue: Queue; maxReceiveCount: number };
  /**
   * Encrypts the messages. Senders and receivers then need permission to use it; other services get it in the key policy.
   * @default - the key of SQS, which is free and needs no permission
   */
  readonly key?: Key;
  /**
   * What other services may do with this queue. Roles of the account need no entry here, only a policy of their own.
   * @default - nothing
   */
  readonly statements?: Omit<Statement, 'resources'>[];
}

/** An encrypted queue that accepts only TLS and keeps messages for as long as SQS can. */
export class Queue extends Construct {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /** Another service can send only after this exists, so depend on it. */
  readonly policy: SqsQueuePolicy;

  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    const { redrive, statements = [] } = props;

    const queue = new SqsQueue(this, 'queue', {
      name: props.name,
      messageRetentionSeconds: RETENTION_SECONDS,
      visibilityTimeoutSeconds: props.visibilityTimeoutSeconds,
      redrivePolicy:
        redrive &&
        JSON.stringify({ deadLetterTargetArn: redrive.queue.arn, maxReceiveCount: redrive.maxReceiveCount }),
      ...(props.key ? { kmsMasterKeyId: props.key.arn } : { sqsManagedSseEnabled: true }),
    });
    this.name = queue.name;
    this.url = queue.url;
    this.arn = queue.arn;

    const access = new DataAwsIamPolicyDocument(this, 'access', {
      statement: [
        ...statements.map((statement) => ({ ...statement, resources: [queue.arn] })),
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
    this.policy = new SqsQueuePolicy(this, 'policy', { queueUrl: queue.url, policy: access.json });
  }
}
