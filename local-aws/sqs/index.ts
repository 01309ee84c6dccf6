/** SQS on this machine: the standard queues of the stack, on disk, behind the AWS JSON protocol. */

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { KeyAction, UseKey } from '../kms';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';
import type { Queue } from '../stack/model';
import { type MessageAttributes, validate } from './message';
import { type Input, type Member, OPERATIONS, type SendMessageOutput, sent, within } from './operations';
import { DurableQueue } from './queue';

export type { MessageAttribute, MessageAttributes } from './message';
export type { Received } from './operations';

export interface SqsOptions {
  /** Messages are in its folder `sqs/<queue>`. */
  dataDir: string;
  queues: Queue[];
  gate: Gate;
  /** Access to the keys of queues. @default none */
  useKey?: UseKey;
  /** Multiplies every delay and visibility timeout. @default 1 */
  waitScale?: number;
}

export interface Sqs extends DocumentService {
  /**
   * Sends a message. When this resolves, it survives a crash.
   * @param queue ARN or URL
   * @returns what SendMessage answers
   * @throws AwsError
   */
  send(
    queue: string,
    body: string,
    attributes: MessageAttributes,
    principal: Principal,
    delaySeconds?: number,
  ): Promise<SendMessageOutput>;
  /**
   * Performs an operation for another part of the engine.
   * @param input as in the API; an ARN may replace the URL
   * @param signal ends a waiting ReceiveMessage without a message
   * @throws AwsError
   */
  call<Output extends object>(
    operation: string,
    input: Input,
    principal: Principal,
    signal?: AbortSignal,
  ): Promise<Output>;
  /** Undoes a ReceiveMessage. @param queue ARN or URL */
  giveBack(queue: string, receipt: string): Promise<void>;
  /** The metrics of a queue. @param queue ARN or URL @param now in Unix milliseconds */
  measure(queue: string, now: number): { visible: number; oldestSeconds: number };
  /** How many messages a queue holds, those in flight and delayed included. @param queue ARN or URL */
  size(queue: string): number;
  /** Resolves when the queue holds no message. @param queue ARN or URL */
  drained(queue: string): Promise<void>;
  close(): void;
}

/**
 * How operations on messages use the key of the queue. SQS decrypts each new data key to verify it.
 * Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const KEY_ACTIONS: Record<string, KeyAction[]> = {
  SendMessage: ['GenerateDataKey', 'Decrypt'],
  ReceiveMessage: ['Decrypt'],
};

/** @throws Error for a queue that cannot work here as it would on AWS */
export function createSqs({ dataDir, queues, gate, useKey, waitScale = 1 }: SqsOptions): Sqs {
  const members = new Map<string, Member>();
  for (const queue of queues) {
    if (queue.name.endsWith('.fifo')) {
      throw new Error(`The queue '${queue.name}' is a FIFO queue, which the local SQS doesn't support`);
    }
    const { attributes } = queue;
    const target = attributes.RedrivePolicy?.deadLetterTargetArn;
    if (target && !queues.some(({ arn }) => arn === target)) {
      throw new Error(
        `Expected a queue of the stack as dead-letter queue of '${queue.name}' but received ${target}`,
      );
    }
    const deadLetters = () => (target ? members.get(nameOf(target))?.store : undefined);
    const folder = path.join(dataDir, 'sqs', queue.name);
    members.set(queue.name, { queue, store: new DurableQueue(folder, attributes, deadLetters, waitScale) });
  }

  function find(reference: string): Member {
    const member = members.get(nameOf(reference));
    if (!member) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return member;
  }

  /** The queue with this ARN, URL or name, if the gate allows the caller the action. */
  async function authorized(
    action: string,
    reference: string | undefined,
    principal: Principal,
  ): Promise<Member> {
    if (!reference)
      throw new AwsError('MissingParameter', 'The request must contain the parameter QueueUrl.');
    const member = find(reference);
    const { arn, key } = member.queue;
    await gate({ principal, action: `sqs:${action}`, resource: arn });
    await useKey?.(principal, key, KEY_ACTIONS[action] ?? [], { 'aws:sqs:arn': arn });
    return member;
  }

  async function send(
    reference: string | undefined,
    { MessageBody: body = '', MessageAttributes: attributes = {}, DelaySeconds }: Input,
    principal: Principal,
  ): Promise<SendMessageOutput> {
    const { store } = await authorized('SendMessage', reference, principal);
    validate(body, attributes);
    const delay = within('DelaySeconds', DelaySeconds, 0, 900);
    return sent(await store.send({ body, attributes, sender: principal.arn }, delay));
  }

  async function perform(
    operation: string,
    input: Input,
    principal: Principal,
    signal?: AbortSignal,
  ): Promise<object> {
    if (operation === 'ListQueues') {
      await gate({ principal, action: 'sqs:ListQueues', resource: '*' });
      const urls = queues
        .filter(({ name }) => name.startsWith(input.QueueNamePrefix ?? ''))
        .map(({ url }) => url);
      return { QueueUrls: urls };
    }
    if (operation === 'SendMessage') return send(input.QueueUrl, input, principal);
    const onQueue = OPERATIONS[operation];
    if (!onQueue) {
      const known = ['ListQueues', 'SendMessage', ...Object.keys(OPERATIONS)].join(', ');
      throw new AwsError(
        'UnsupportedOperation',
        `Expected an operation of the local SQS (${known}) but received ${operation || 'none'}`,
      );
    }
    const reference = operation === 'GetQueueUrl' ? input.QueueName : input.QueueUrl;
    return (await onQueue(await authorized(operation, reference, principal), input, signal)) ?? {};
  }

  return {
    async handle(request, response, principal, body) {
      const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      try {
        answer(response, 200, await perform(operation, parse(body), principal));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        // SQS answers 400 for a denial, and names it differently from other services.
        const { code, status } =
          error.code === 'AccessDenied' ? { code: 'AccessDeniedException', status: 400 } : error;
        answer(response, status, { __type: `com.amazonaws.sqs#${code}`, message: error.message });
      }
    },
    send: (queue, MessageBody, MessageAttributes, principal, DelaySeconds) =>
      send(queue, { MessageBody, MessageAttributes, DelaySeconds }, principal),
    call: async <Output extends object>(...call: Parameters<typeof perform>) =>
      (await perform(...call)) as Output,
    giveBack: (queue, receipt) => find(queue).store.giveBack(receipt),
    measure: (queue, now) => find(queue).store.measure(now),
    size: (queue) => find(queue).store.size,
    drained: (queue) => find(queue).store.drained(),
    close() {
      for (const { store } of members.values()) store.close();
    },
  };
}

/** Queue URLs and ARNs end in the name. */
const nameOf = (reference: string) => reference.split(/[/:]/).at(-1) ?? '';

function parse(body: Buffer): Input {
  try {
    return JSON.parse(body.toString() || '{}') as Input;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

function answer(response: ServerResponse, status: number, document: object): void {
  const body = Buffer.from(JSON.stringify(document));
  response
    .writeHead(status, {
      'Content-Type': 'application/x-amz-json-1.0',
      'Content-Length': body.length,
      'x-amzn-RequestId': randomUUID(),
    })
    .end(body);
}
