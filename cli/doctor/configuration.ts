/** What can be checked without changing anything: where the bucket is, who subscribes to the topics, what the queues hold. */
import {
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { plural } from '../../contract/text';
import { turnOnEventBridge } from '../lib/existing-bucket';
import type { Hint } from '../lib/hint';
import type { Queue } from '../redrive/queue';
import { type Finding, ok, problem, warning } from './finding';

/** Buckets in us-east-1 have no location, and some in eu-west-1 have an old name for it. */
const LOCATIONS: Record<string, string> = { '': 'us-east-1', EU: 'eu-west-1' };

/** S3 sends events only to EventBridge in the bucket's own region. */
export async function regionOf(s3: S3Client, bucket: string, region: string): Promise<Finding> {
  return looking(`the region of ${bucket}`, 's3:GetBucketLocation', async () => {
    const { LocationConstraint = '' } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    const found = LOCATIONS[LocationConstraint] ?? LocationConstraint;
    return found === region
      ? ok(`The bucket ${bucket} is in ${region}, like the workflow.`)
      : problem(
          `The bucket ${bucket} is in ${found}, but the workflow is in ${region}, where its events never arrive.`,
          `Set region to ${found} in the settings and deploy.`,
        );
  });
}

export async function eventsOf(s3: S3Client, bucket: string, region: string): Promise<Finding> {
  return looking(`the notifications of ${bucket}`, 's3:GetBucketNotification', async () => {
    const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
    const { EventBridgeConfiguration } = await s3.send(command);
    return EventBridgeConfiguration
      ? ok(`The bucket ${bucket} sends its events to EventBridge.`)
      : problem(
          `The bucket ${bucket} does not send its events to EventBridge, so nothing starts the workflow.`,
          `If the stack created the bucket, deploy again. If it existed before, turn it on; this keeps its notifications:\n${turnOnEventBridge(bucket, region)}`,
        );
  });
}

/**
 * @param topic `name`: for example `the errors topic`; `purpose`: what its messages are about, for example `images that
 *   fail`; `optional`: whether it is fine to have no subscriber
 */
export async function subscribersOf(
  sns: SNSClient,
  topic: { arn: string; name: string; purpose: string; setting: string; optional: boolean },
): Promise<Finding> {
  return looking(`the subscriptions of ${topic.name}`, 'sns:ListSubscriptionsByTopic', async () => {
    const all: Subscription[] = [];
    let NextToken: string | undefined;
    do {
      const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn, NextToken }));
      all.push(...(page.Subscriptions ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    const waiting = all.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
    if (waiting.length > 0) {
      const who = waiting.map(({ Endpoint }) => Endpoint).join(', ');
      return warning(
        `Unconfirmed subscriptions to ${topic.name}: ${who}. They won't receive messages about ${topic.purpose}.`,
        'Follow the link in the mail "AWS Notification - Subscription Confirmation"; it is valid for two days. ' +
          'If it expired or never came, look in the spam folder, or send it again:\n' +
          `aws sns subscribe --topic-arn ${topic.arn} --protocol email --notification-endpoint ADDRESS`,
      );
    }
    return all.length > 0 || topic.optional
      ? ok(`${capitalized(topic.name)} has ${plural(all.length, 'subscriber')}.`)
      : warning(
          `Nobody receives messages about ${topic.purpose}.`,
          `Add addresses to ${topic.setting} in the settings and deploy.`,
        );
  });
}

export async function emptinessOf(
  queue: Pick<Queue, 'count'>,
  name: string,
  holds: string,
  hint: Hint,
): Promise<Finding> {
  return looking(`the queue ${name}`, 'sqs:GetQueueAttributes', async () => {
    const count = await queue.count();
    return count === 0
      ? ok(`The queue ${name} is empty.`)
      : warning(
          `The queue ${name} holds ${plural(count, 'message')}: ${holds}.`,
          `${hint('redrive', '--queue', name, '--dry-run')} shows them. Fix the cause first, then redrive them.`,
        );
  });
}

/** Something that the caller may not read is a warning: the stack may be fine. */
async function looking(what: string, action: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const { name, message } = error as Error;
    if (/AccessDenied|AuthorizationError/.test(name)) {
      return warning(`You are not allowed to read ${what}.`, `This needs ${action}: ${message}`);
    }
    return problem(`Could not read ${what}.`, `${name}: ${message}`);
  }
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
