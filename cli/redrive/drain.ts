import type { ObjectEvent } from '../../contract/event';
import { type Pace, paced } from '../lib/pace';
import { eventIn } from './event-in';
import { BATCH, type Held, type Queue } from './queue';

export interface DrainOptions extends Pace {
  /** Seconds that a message stays hidden beyond its turn. @default enough to start an execution and delete the message */
  spareSeconds?: number;
  /** Resolves when the execution is accepted. */
  start(event: ObjectEvent): Promise<void>;
  /** Called for each message that has become an execution. */
  onStarted(event: ObjectEvent): void;
  /** Called for each message that stays, with the reason. */
  onLeft(message: Held, problem: string): void;
}

/** How many messages of a queue were started, stay because no event is in them, and stay because they arrived later. */
export interface Counts {
  started: number;
  left: number;
  later: number;
}

/** Starting an execution and deleting the message takes a moment. */
const SPARE_SECONDS = 60;

/**
 * Starts an execution for each message that a queue holds now, and deletes the message once the start is accepted. After
 * an interruption in between, the next run starts it again. Messages without an event stay in the queue, and so do those
 * that arrive in the meantime: they may be the same images, failing again.
 *
 * @param counts is counted up, so that it holds what was done even after an error
 * @throws the error of a failed start or of SQS, after it has given back the messages that were not started
 */
export async function drain(
  queue: Pick<Queue, 'take' | 'remove' | 'giveBack'>,
  options: DrainOptions,
  counts: Counts = { started: 0, left: 0, later: 0 },
): Promise<Counts> {
  const began = Date.now();
  const seen = new Set<string>();
  /** Received, but not to be started. */
  const kept: Held[] = [];
  const hidden = Math.min(43_200, Math.ceil(BATCH / options.rate) + (options.spareSeconds ?? SPARE_SECONDS));
  let batch: Held[] = [];

  async function* events(): AsyncGenerator<{ message: Held; event: ObjectEvent }> {
    for (batch = await queue.take(hidden); batch.length > 0; batch = await queue.take(hidden)) {
      while (batch.length > 0) {
        const message = batch.shift() as Held;
        // A standard queue may deliver a message twice, and does so when its visibility timeout is over.
        if (seen.has(message.id)) continue;
        seen.add(message.id);
        const found = message.sent > began ? { problem: 'later' } : eventIn(message.body);
        if ('event' in found) {
          yield { message, event: found.event };
          continue;
        }
        kept.push(message);
        if (message.sent > began) counts.later++;
        else {
          counts.left++;
          options.onLeft(message, found.problem);
        }
      }
      if (options.signal?.aborted) return;
    }
  }

  try {
    await paced(events(), options, async ({ message, event }) => {
      try {
        await options.start(event);
      } catch (error) {
        kept.push(message);
        throw error;
      }
      await queue.remove(message);
      counts.started++;
      options.onStarted(event);
    });
  } finally {
    await Promise.all([...kept, ...batch].map((message) => queue.giveBack(message)));
  }
  return counts;
}
