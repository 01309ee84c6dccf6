import { type Pace, paced } from '../lib/pace';
import { eventIn, type StoredEvent } from './event-in';
import { BATCH, type Held, type Queue } from './queue';

export interface DrainOptions extends Pace {
  /** Resolves when the execution is accepted. */
  start(event: StoredEvent): Promise<void>;
  /** Called for each message that has become an execution. */
  onStarted(event: StoredEvent): void;
  /** Called for each message that stays, with the reason. */
  onLeft(message: Held, problem: string): void;
}

/** How many messages of a queue were started, stay because no event is in them, and stay because they arrived later. */
export interface Drained {
  started: number;
  left: number;
  later: number;
}

/** Seconds that a message stays hidden beyond its turn: starting an execution and deleting the message takes a moment. */
const SPARE_SECONDS = 60;

/**
 * Starts an execution for each message that a queue holds now, and deletes the message once the start is accepted. After
 * an interruption in between, the next run starts it again. Messages without an event stay in the queue, and so do those
 * that arrive in the meantime: they may be the same images, failing again.
 *
 * @throws the error of a failed start or of SQS, after it has given back the messages that were not started
 */
export async function drain(
  queue: Pick<Queue, 'take' | 'remove' | 'giveBack'>,
  options: DrainOptions,
): Promise<Drained> {
  const began = Date.now();
  const seen = new Set<string>();
  /** Received, but not to be started. */
  const kept: Held[] = [];
  const counts = { started: 0, left: 0, later: 0 };
  const hidden = Math.min(43_200, Math.ceil(BATCH / options.rate) + SPARE_SECONDS);
  let batch: Held[] = [];

  async function* events(): AsyncGenerator<{ message: Held; event: StoredEvent }> {
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
