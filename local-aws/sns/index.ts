/** SNS on this machine: publishes to the topics of the stack; email subscribers receive files. */

import { randomUUID } from 'node:crypto';
import type { UseKey } from '../kms';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';
import type { Topic } from '../stack/model';
import { mailTo } from './mail';
import { type MessageAttributes, type PublishInput, validate } from './message';
import { openOutput } from './output';
import { publishInput, sendError, sendResult } from './query';
import { attributesOf, resolve, subscriptionsOf } from './topics';

export type { MessageAttribute, MessageAttributes, PublishInput } from './message';

export interface SnsOptions {
  /** Mails are in its folder `mail`, and every message is a line of `messages/<topic>.jsonl`. */
  dataDir: string;
  topics: Topic[];
  gate: Gate;
  account: string;
  /** Access to the keys of topics. @default none */
  useKey?: UseKey;
  /** Receives a line for each mail. */
  log?: (line: string) => void;
}

export interface Sns extends DocumentService {
  /**
   * Publishes to a topic. When this resolves, mails and message survive a crash.
   * @throws AwsError with the name of the API's exception as code
   */
  publish(input: PublishInput, principal: Principal): Promise<{ MessageId: string }>;
}

/** @throws Error for a topic or subscription that cannot be delivered here as SNS would */
export function createSns(options: SnsOptions): Sns {
  const { dataDir, gate, account, useKey, log = () => {} } = options;
  const topics = new Map(options.topics.map((topic) => [topic.arn, resolve(topic)]));
  const output = openOutput(dataDir);

  async function authorized(action: string, arn: string | undefined, principal: Principal) {
    if (!arn)
      throw new AwsError(
        'InvalidParameterException',
        'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
      );
    await gate({ principal, action: `sns:${action}`, resource: arn });
    const topic = topics.get(arn);
    if (!topic) throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    return topic;
  }

  async function publish(input: PublishInput, principal: Principal) {
    const topic = await authorized('Publish', input.TopicArn ?? input.TargetArn, principal);
    const textFor = validate(input);
    const encrypted = { 'aws:sns:topicArn': topic.arn };
    await useKey?.(principal, topic.key, ['GenerateDataKey', 'Decrypt'], encrypted);
    const { Subject, MessageAttributes = {} } = input;
    const MessageId = randomUUID();
    const Timestamp = new Date().toISOString();
    const notification = (Message: string) => ({
      MessageId,
      TopicArn: topic.arn,
      Subject,
      Message,
      Timestamp,
      MessageAttributes: delivered(MessageAttributes),
    });

    const receivers = topic.subscriptions.filter(({ accepts }) => accepts(MessageAttributes));
    await Promise.all([
      output.record(topic.name, notification(textFor('default'))),
      ...receivers.map(async (subscriber) => {
        const mail = await mailTo(subscriber, notification(textFor(subscriber.protocol)));
        log(`Mail to ${subscriber.address}: ${await output.mail(topic.name, Timestamp, mail)}`);
      }),
    ]);
    return { MessageId };
  }

  async function perform(action: string, form: URLSearchParams, principal: Principal): Promise<object> {
    const topicArn = form.get('TopicArn') ?? undefined;
    switch (action) {
      case 'Publish':
        return publish(publishInput(form), principal);
      case 'ListTopics':
        await gate({ principal, action: 'sns:ListTopics', resource: '*' });
        return { Topics: { member: [...topics.keys()].map((TopicArn) => ({ TopicArn })) } };
      case 'GetTopicAttributes':
        return attributesOf(await authorized(action, topicArn, principal), account);
      case 'ListSubscriptionsByTopic':
        return subscriptionsOf(await authorized(action, topicArn, principal), account);
      default:
        throw new AwsError(
          'InvalidAction',
          `Expected Publish, ListTopics, GetTopicAttributes or ListSubscriptionsByTopic but received ${action || 'no action'}`,
        );
    }
  }

  return {
    publish: (input, principal) => publish(input, principal).catch(asSnsError),
    async handle(_request, response, principal, body) {
      const form = new URLSearchParams(body.toString());
      const action = form.get('Action') ?? '';
      try {
        sendResult(response, action, await perform(action, form, principal).catch(asSnsError));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        sendError(response, error);
      }
    },
  };
}

/** SNS has its own name for what other services call AccessDenied. */
function asSnsError(error: unknown): never {
  if (error instanceof AwsError && error.code === 'AccessDenied') {
    throw new AwsError('AuthorizationErrorException', error.message, 403);
  }
  throw error;
}

/** Attributes as subscribers see them. */
function delivered(attributes: MessageAttributes): Record<string, { Type: string; Value: string }> {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
  ]);
  return Object.fromEntries(entries);
}
