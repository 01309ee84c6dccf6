/** Event source mappings: Lambda polls a queue, invokes a function with the messages, and deletes those that succeed. */

import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../service';
import type { Received, Sqs } from '../sqs';
import type { EventSourceMapping } from '../stack/model';
import { recordOf, undone } from './sqs-event';

/** The longest a poll waits for a message, in seconds. */
const LONG_POLL = 20;

/** Milliseconds until a poll that failed is tried again. */
const POLL_AGAIN = 1_000;

export interface EventSourceOptions {
  mapping: EventSourceMapping;
  sqs: Sqs;
  /** The role of the function, which Lambda uses to poll. */
  principal: Principal;
  region: string;
  invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** Receives a line for each poll that fails. */
  log?: (line: string) => void;
}

export interface EventSource {
  /** Messages in the queue and invocations that run. */
  pending(): number;
  /** Resolves when the queue is empty and no invocation runs. */
  idle(): Promise<void>;
  /** Takes no further message. Resolves when every invocation has ended, so the functions must be closed at the same time. */
  close(): Promise<void>;
}

/**
 * Starts polling.
 *
 * @throws Error when the function's role may not read the queue: Lambda refuses to create such a mapping
 */
export async function startEventSource(options: EventSourceOptions): Promise<EventSource> {
  const { mapping, sqs, principal, region, invoke, log = console.warn } = options;
  const { queue, functionArn, batchSize, maximumConcurrency = availableParallelism() } = mapping;
  const running = new Set<Promise<void>>();
  const ended = new AbortController();

  await sqs.call('GetQueueAttributes', { QueueUrl: queue }, principal).catch((error: Error) => {
    throw new Error(`${functionArn} cannot be invoked by ${queue}: ${error.message}`);
  });

  async function poll(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        const batch = await receive();
        if (batch.length > 0) track(handle(batch));
      } catch (error) {
        log(`Lambda could not poll ${queue}: ${(error as Error).message}`);
        await sleep(POLL_AGAIN, undefined, { signal: ended.signal }).catch(() => {});
      }
      while (running.size >= maximumConcurrency) await Promise.race(running);
    }
  }

  async function receive(): Promise<Received[]> {
    const { Messages = [] } = await sqs.call<{ Messages?: Received[] }>(
      'ReceiveMessage',
      {
        QueueUrl: queue,
        MaxNumberOfMessages: batchSize,
        WaitTimeSeconds: LONG_POLL,
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
      principal,
      ended.signal,
    );
    return Messages;
  }

  function track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => log(`${queue}: ${error.message}`))
      .finally(() => running.delete(tracked));
    running.add(tracked);
  }

  /** A message that is not deleted comes back after its visibility timeout. */
  async function handle(batch: Received[]): Promise<void> {
    let failed: Set<string>;
    try {
      ended.signal.throwIfAborted();
      const event = { Records: batch.map((message) => recordOf(message, queue, region)) };
      const answer = await invoke(functionArn, event);
      failed = mapping.reportBatchItemFailures ? undone(answer, event.Records) : new Set();
    } catch {
      // A batch whose processing is interrupted by stopping the engine counts as not received.
      if (ended.signal.aborted)
        await Promise.all(batch.map(({ ReceiptHandle }) => sqs.giveBack(queue, ReceiptHandle)));
      return;
    }
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId));
    await Promise.all(done.map(remove));
  }

  async function remove({ MessageId, ReceiptHandle }: Received): Promise<void> {
    await sqs.call('DeleteMessage', { QueueUrl: queue, ReceiptHandle }, principal).catch((error: Error) => {
      log(`Lambda could not delete message ${MessageId} from ${queue}: ${error.message}`);
    });
  }

  const polling = poll();
  const pending = () => sqs.size(queue) + running.size;
  return {
    pending,
    async idle() {
      while (pending() > 0) {
        await sqs.drained(queue);
        await Promise.all(running);
      }
    },
    async close() {
      ended.abort();
      await polling;
      await Promise.all(running);
    },
  };
}
