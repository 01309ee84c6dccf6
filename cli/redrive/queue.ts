import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A message that we have received: hidden from every other receiver for a while. */
export interface Held {
  id: string;
  receipt: string;
  body: string;
  /** When it was sent, in milliseconds since 1970. A message that was moved keeps its time. */
  sent: number;
  /** Text attributes: in those of a dead letter, EventBridge says why it could not be delivered. */
  attributes: Record<string, string>;
}

/** The most messages that SQS delivers at once. */
export const BATCH = 10;

/** Seconds to wait for a first message. SQS asks all servers of a queue only if it may wait, however briefly. */
const WAIT_SECONDS = 2;

/** One queue to redrive. */
export class Queue {
  constructor(
    private readonly sqs: SQSClient,
    private readonly QueueUrl: string,
    private readonly waitSeconds = WAIT_SECONDS,
  ) {}

  /** About how many messages it holds, including those that somebody else has received. */
  async count(): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
  }

  /** Some messages, without hiding them from anyone else. */
  look(): Promise<Held[]> {
    return this.receive({ VisibilityTimeout: 0 });
  }

  /** Receives messages and hides them for so many seconds; none when the queue has no more. */
  take(seconds: number): Promise<Held[]> {
    return this.receive({ VisibilityTimeout: seconds });
  }

  async remove({ receipt }: Held): Promise<void> {
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.QueueUrl, ReceiptHandle: receipt }));
  }

  /** Makes it visible to others again at once. */
  async giveBack({ receipt }: Held): Promise<void> {
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: this.QueueUrl,
      ReceiptHandle: receipt,
      VisibilityTimeout: 0,
    });
    // If this fails, it becomes visible when its visibility timeout is over.
    await this.sqs.send(command).catch(() => {});
  }

  private async receive(options: Partial<ReceiveMessageCommandInput>): Promise<Held[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.QueueUrl,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: this.waitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
        ...options,
      }),
    );
    return Messages.map(held);
  }
}

function held({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes = {} }: Message): Held {
  return {
    id: MessageId as string,
    receipt: ReceiptHandle as string,
    body: Body as string,
    sent: Number(Attributes?.SentTimestamp),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
  };
}
