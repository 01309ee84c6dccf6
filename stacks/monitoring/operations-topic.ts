import type { Construct } from 'constructs';
import { Topic } from '../messaging/topic';
import type { Key } from '../security/key';

export interface OperationsTopicProps {
  readonly namePrefix: string;
  readonly emails: string[];
  readonly region: string;
  readonly account: string;
  /**
   * Encrypts the messages. Its policy has to let CloudWatch use it.
   * @default - not encrypted: CloudWatch can't use the AWS-managed key of SNS, so its alarms would be lost silently
   */
  readonly key?: Key;
}

/** The topic that only the alarms of this stack publish to. */
export function operationsTopic(
  scope: Construct,
  { namePrefix, emails, region, account, key }: OperationsTopicProps,
): Topic {
  return new Topic(scope, 'operations-topic', {
    name: `${namePrefix}-operations`,
    emails,
    key,
    encryption: 'none',
    statements: [
      {
        sid: 'AlarmsPublish',
        actions: ['sns:Publish'],
        principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
        // So that no one else's alarm can publish here. The ARN is a pattern, because alarms are created after their topic.
        condition: [
          { test: 'StringEquals', variable: 'aws:SourceAccount', values: [account] },
          {
            test: 'ArnLike',
            variable: 'aws:SourceArn',
            values: [`arn:aws:cloudwatch:${region}:${account}:alarm:${namePrefix}-*`],
          },
        ],
      },
    ],
  });
}
