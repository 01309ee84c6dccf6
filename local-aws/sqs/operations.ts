/** The inputs and answers of SQS's operations. */

import { AwsError } from '../service';
import type { Queue } from '../stack/model';
import { invalidValue, MAX_BYTES, type MessageAttributes, md5, md5OfAttributes } from './message';
import type { DurableQueue, Message, Taken } from './queue';

/** A queue of the stack and its messages. */
export interface Member {
  queue: Queue;
  store: DurableQueue;
}

/** Inputs of the operations: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export interface Input {
  QueueUrl?: string;
  QueueName?: string;
  QueueNamePrefix?: string;
  MessageBody?: string;
  MessageAttributes?: MessageAttributes;
  DelaySeconds?: number;
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  ReceiptHandle?: string;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
}

/** The answer of SendMessage. */
export interface SendMessageOutput {
  MessageId: string;
  MD5OfMessageBody: string;
  MD5OfMessageAttributes?: string;
}

/** A message in the answer of ReceiveMessage. */
export interface Received {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: MessageAttributes;
  MD5OfMessageAttributes?: string;
}

/** The operations on one queue, given that the caller may perform them. */
export const OPERATIONS: Record<
  string,
  (member: Member, input: Input, signal?: AbortSignal) => object | Promise<object | undefined>
> = {
  GetQueueUrl: ({ queue }) => ({ QueueUrl: queue.url }),
  GetQueueAttributes: (member, { AttributeNames = [] }) => ({
    Attributes: attributesOf(member, AttributeNames),
  }),
  PurgeQueue: async ({ store }) => void (await store.purge()),
  DeleteMessage: async ({ store }, { ReceiptHandle = '' }) => void (await store.delete(ReceiptHandle)),
  ChangeMessageVisibility: async ({ store }, { ReceiptHandle = '', VisibilityTimeout }) => {
    if (VisibilityTimeout === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
    }
    within('VisibilityTimeout', VisibilityTimeout, 0, 43_200);
    await store.changeVisibility(ReceiptHandle, VisibilityTimeout);
    return undefined;
  },
  ReceiveMessage: async ({ store }, input, signal) => {
    const max = within('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, 10) ?? 1;
    const wait = within('WaitTimeSeconds', input.WaitTimeSeconds, 0, 20) ?? 0;
    const visibility =
      within('VisibilityTimeout', input.VisibilityTimeout, 0, 43_200) ?? store.attributes.VisibilityTimeout;
    const messages = await store.receive(max, visibility, wait, signal);
    return messages.length > 0 ? { Messages: messages.map((message) => received(message, input)) } : {};
  },
};

/** @throws AwsError for a number that is out of range */
export function within(
  name: string,
  value: number | undefined,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw invalidValue(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be >= ${min} and <= ${max}, if provided.`,
  );
}

export function sent({ id, body, attributes }: Message): SendMessageOutput {
  return { MessageId: id, MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
}

function received(message: Taken, input: Input): Received {
  const { id, receipt, body, attributes, sender, sentAt, firstReceivedAt, received: count } = message;
  const system = {
    SenderId: sender,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(count),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
  };
  const wanted = pick(attributes, input.MessageAttributeNames ?? []);
  return {
    MessageId: id,
    ReceiptHandle: receipt,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: pick(system, input.MessageSystemAttributeNames ?? input.AttributeNames ?? []),
    MessageAttributes: wanted,
    MD5OfMessageAttributes: wanted && md5OfAttributes(wanted),
  };
}

/** @returns undefined if nothing is left, because SQS then leaves the field out */
function pick<T>(values: Record<string, T>, names: string[]): Record<string, T> | undefined {
  const all = names.includes('All') || names.includes('.*');
  const entries = Object.entries(values).filter(([name]) => all || names.includes(name));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function attributesOf({ queue, store }: Member, names: string[]): Record<string, string> | undefined {
  const { visible, inFlight, delayed } = store.counts();
  const { RedrivePolicy, ...numbers } = store.attributes;
  const values = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: visible,
    ApproximateNumberOfMessagesNotVisible: inFlight,
    ApproximateNumberOfMessagesDelayed: delayed,
    MaximumMessageSize: MAX_BYTES,
    ...numbers,
    ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
  };
  return pick(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
    names,
  );
}
