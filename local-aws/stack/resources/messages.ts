import { arn, type Get, type Place, type ResourceTypes } from './type';

const queueUrl = (get: Get, { endpoint, region, account }: Place) =>
  `${endpoint ?? `https://sqs.${region}.amazonaws.com`}/${account}/${get('name')}`;
const topicArn = arn('sns', (get) => `${get('name')}`);

export const MESSAGES: ResourceTypes = {
  aws_sns_topic: {
    arguments: ['name', 'display_name', 'kms_master_key_id'],
    attributes: { id: topicArn, arn: topicArn },
  },
  aws_sns_topic_subscription: {
    arguments: ['topic_arn', 'protocol', 'endpoint', 'filter_policy', 'filter_policy_scope'],
  },
  aws_sns_topic_policy: { arguments: ['arn', 'policy'] },
  aws_sqs_queue: {
    arguments: [
      'name',
      'delay_seconds',
      'message_retention_seconds',
      'redrive_policy',
      'visibility_timeout_seconds',
      'receive_wait_time_seconds',
      'sqs_managed_sse_enabled',
      'kms_master_key_id',
      'kms_data_key_reuse_period_seconds',
    ],
    attributes: { id: queueUrl, url: queueUrl, arn: arn('sqs', (get) => `${get('name')}`) },
  },
  aws_sqs_queue_policy: { arguments: ['queue_url', 'policy'] },
};
