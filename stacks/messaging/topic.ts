import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import type { Key } from '../security/key';
import type { Statement } from '../security/statement';

export interface TopicProps {
  readonly name: string;
  /** Each address gets a mail that asks to confirm the subscription. */
  readonly emails: string[];
  /**
   * Encrypts the messages. Publishers then need permission to use it; other services get it in the key policy.
   * @default - as `encryption` says
   */
  readonly key?: Key;
  /**
   * Encryption if no `key` is given. `aws-managed` is the key that AWS manages for SNS: it is free, and every role of this
   * account that may publish may use it. CloudWatch may not, and its alarms would fail silently, so a topic that an alarm
   * publishes to needs `none`.
   * @default aws-managed
   */
  readonly encryption?: 'aws-managed' | 'none';
  /**
   * What other services may do with this topic. Roles of the account need no entry here, only a policy of their own.
   * @default - nothing
   */
  readonly statements?: Omit<Statement, 'resources'>[];
}

/** A topic that accepts only TLS, with a subscription for each email address. */
export class Topic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TopicProps) {
    super(scope, id);
    const { key, encryption = 'aws-managed', statements = [] } = props;

    const topic = new SnsTopic(this, 'topic', {
      name: props.name,
      kmsMasterKeyId: key?.arn ?? (encryption === 'aws-managed' ? 'alias/aws/sns' : undefined),
    });
    this.arn = topic.arn;

    const access = new DataAwsIamPolicyDocument(this, 'access', {
      statement: [
        ...statements.map((statement) => ({ ...statement, resources: [topic.arn] })),
        {
          sid: 'RefuseUnencryptedConnections',
          effect: 'Deny',
          actions: ['sns:Publish'],
          resources: [topic.arn],
          principals: [{ type: '*', identifiers: ['*'] }],
          condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
        },
      ],
    });
    new SnsTopicPolicy(this, 'policy', { arn: topic.arn, policy: access.json });

    for (const endpoint of props.emails) {
      new SnsTopicSubscription(this, endpoint, { topicArn: topic.arn, protocol: 'email', endpoint });
    }
  }
}
