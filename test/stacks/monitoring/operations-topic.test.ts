import { only, readable, synthesize } from '../synthesized';

const topicOf = (settings: Record<string, unknown>) =>
  only(readable(synthesize(settings).resource['aws_sns_topic']!), 'operations-topic');

test('is not encrypted with the key of SNS, which CloudWatch cannot use: its alarms would be lost', () => {
  expect(topicOf({})).toEqual({ name: 'thumbnail-workflow-operations' });
});

test('is encrypted with the customer-managed key if there is one, which lets the alarms publish', () => {
  const settings = { encryption: { customerManagedKey: true }, namePrefix: 'pics' };
  expect(topicOf(settings)).toEqual({ name: 'pics-operations', kms_master_key_id: '<key.arn>' });
  const policy = only(readable(synthesize(settings).data['aws_iam_policy_document']!), 'key_access');
  expect(policy['statement']).toContainEqual({
    sid: 'AlarmsPublishToEncryptedTopics',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: ['*'],
    principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
    condition: [
      { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['<account.account_id>'] },
      {
        test: 'ArnLike',
        variable: 'aws:SourceArn',
        values: ['arn:aws:cloudwatch:us-east-1:<account.account_id>:alarm:pics-*'],
      },
    ],
  });
});

test('notifies each address, and only the alarms may publish to it', () => {
  const { resource, data } = readable(synthesize({ notifications: { operations: ['ops@example.com'] } }));
  expect(Object.values(resource['aws_sns_topic_subscription']!)).toEqual([
    { topic_arn: '<operations-topic.arn>', protocol: 'email', endpoint: 'ops@example.com' },
  ]);
  const grants = Object.entries(data['aws_iam_policy_document']!).filter(([, { statement }]) =>
    JSON.stringify(statement).includes('<operations-topic.arn>'),
  );
  expect(grants.map(([id]) => id.replace(/_[0-9A-F]{8}$/, ''))).toEqual(['operations-topic_access']);
});
