/** The topics of the stack with their subscribers, ready to publish to. */

import type { Topic } from '../stack/model';
import { uuidOf } from '../stack/uuid';
import { compileFilter } from './filter';
import type { Subscriber } from './mail';
import type { MessageAttributes } from './message';

export interface Subscription extends Subscriber {
  accepts: (attributes: MessageAttributes) => boolean;
}

export interface ResolvedTopic {
  name: string;
  arn: string;
  subscriptions: Subscription[];
  /** ARN of the key that encrypts its messages. */
  key?: string;
}

/** @throws Error for a topic or subscription that cannot be delivered here as SNS would */
export function resolve(topic: Topic): ResolvedTopic {
  const { name, arn, key } = topic;
  if (name.endsWith('.fifo'))
    throw new Error(`The topic '${name}' is a FIFO topic, which the local SNS doesn't support`);
  const subscriptions = topic.subscriptions.map(({ protocol, endpoint, filterPolicy }) => {
    if (protocol !== 'email' && protocol !== 'email-json') {
      throw new Error(
        `Expected email or email-json for the subscription of '${endpoint}' to '${name}' but received ${protocol}`,
      );
    }
    return {
      protocol,
      address: endpoint,
      subscriptionArn: `${arn}:${uuidOf(`${protocol} ${endpoint}`)}`,
      accepts: compileFilter(filterPolicy ?? {}),
    } as const;
  });
  return { name, arn, subscriptions, key };
}

/** What GetTopicAttributes answers. */
export function attributesOf({ arn, subscriptions }: ResolvedTopic, account: string): object {
  const attributes = {
    TopicArn: arn,
    Owner: account,
    SubscriptionsConfirmed: subscriptions.length,
    SubscriptionsPending: 0,
    SubscriptionsDeleted: 0,
  };
  return { Attributes: { entry: Object.entries(attributes).map(([key, value]) => ({ key, value })) } };
}

/** The answer of ListSubscriptionsByTopic. Subscriptions need no confirmation here. */
export function subscriptionsOf({ arn, subscriptions }: ResolvedTopic, account: string): object {
  const member = subscriptions.map(({ protocol, address, subscriptionArn }) => ({
    SubscriptionArn: subscriptionArn,
    Owner: account,
    Protocol: protocol,
    Endpoint: address,
    TopicArn: arn,
  }));
  return { Subscriptions: { member } };
}
