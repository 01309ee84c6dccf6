/** What can be seen of a stack without doing anything: where the bucket is, whom topics tell, what queues hold. */
import {
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { plural } from '../../contract/text';
import { turnOnEventBridge } from '../lib/existing-bucket';
import type { Queue } from '../redrive/queue';
import { type Finding, ok, problem, warning } from './finding';

/** Buckets of the first region have no location, and some of the second an old name. */
const LOCATIONS: Record<string, string> = { '': 'us-east-1', EU: 'eu-west-1' };

/** An S3 event reaches only the EventBridge of its own region. */
export async function regionOf(s3: S3Client, bucket: string, region: string): Promise<Finding> {
  return looking(`the region of ${bucket}`, 's3:GetBucketLocation', async () => {
    const { LocationConstraint = '' } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    const found = LOCATIONS[LocationConstraint] ?? LocationConstraint;
    return found === region
      ? ok(`The bucket ${bucket} is in ${region}, as the workflow is.`)
      : problem(
          `The bucket ${bucket} is in ${found}, but the workflow is in ${region}: its events never arrive there.`,
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
          `The bucket ${bucket} does not send its events to EventBridge: nothing starts the workflow.`,
          `A bucket that the stack made: deploy again. One that was there before: turn it on, which keeps its notifications:\n${turnOnEventBridge(bucket, region)}`,
        );
  });
}

/**
 * @param topic `purpose`: what it tells, for example `images that fail`; `optional`: whether nobody has to hear of it
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
        `${who} did not confirm the subscription to ${topic.name}, and hears nothing of ${topic.purpose}.`,
        'Follow the link in the mail "AWS Notification - Subscription Confirmation"; it is valid for two days. ' +
          'After that, or if it never came: look for it among spam, or have it sent again with\n' +
          `aws sns subscribe --topic-arn ${topic.arn} --protocol email --notification-endpoint ADDRESS`,
      );
    }
    return all.length > 0 || topic.optional
      ? ok(`${topic.name} has ${plural(all.length, 'subscriber')}.`)
      : warning(
          `Nobody is told of ${topic.purpose}.`,
          `Name addresses in ${topic.setting} of the settings and deploy.`,
        );
  });
}

export async function emptinessOf(
  queue: Pick<Queue, 'count'>,
  name: string,
  holds: string,
): Promise<Finding> {
  return looking(`the queue of ${name}`, 'sqs:GetQueueAttributes', async () => {
    const count = await queue.count();
    return count === 0
      ? ok(`The queue of ${name} is empty.`)
      : warning(
          `The queue of ${name} holds ${plural(count, 'message')}: ${holds}.`,
          `npm run redrive -- --queue ${name} --dry-run shows them. Put the cause right, and redrive them.`,
        );
  });
}

/** What the caller may not see is no fault of the stack. */
async function looking(what: string, action: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const { name, message } = error as Error;
    if (/AccessDenied|AuthorizationError/.test(name)) {
      return warning(`You may not see ${what}.`, `It takes ${action}: ${message}`);
    }
    return problem(`There is no seeing ${what}.`, `${name}: ${message}`);
  }
}
