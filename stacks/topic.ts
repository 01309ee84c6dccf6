import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';

export interface TopicProps {
  readonly name: string;
  /** Each receives a mail that asks to confirm the subscription. */
  readonly emails: string[];
}

/**
 * A topic for the workflow's own messages, with a subscription for each email address.
 *
 * It is encrypted with the key AWS manages for SNS: free, and every role of this account that may publish may use it.
 * CloudWatch may not, and its alarms would fail silently: an alarm needs a topic without this key.
 */
export class Topic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, emails }: TopicProps) {
    super(scope, id);

    const topic = new SnsTopic(this, 'topic', { name, kmsMasterKeyId: 'alias/aws/sns' });
    this.arn = topic.arn;

    // It grants nothing: within the account a role needs no entry here, its own policy is enough.
    const access = new DataAwsIamPolicyDocument(this, 'access', {
      statement: [
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

    for (const endpoint of emails) {
      new SnsTopicSubscription(this, endpoint, { topicArn: topic.arn, protocol: 'email', endpoint });
    }
  }
}
