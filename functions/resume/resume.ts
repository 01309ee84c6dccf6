import { CapacityExhausted } from '../../contract/errors';
import type { ObjectEvent } from '../../contract/event';
import type { CaughtError } from '../../contract/states';

/** One message of the backlog queue, as Lambda delivers it. */
export interface BacklogMessage {
  messageId: string;
  receiptHandle: string;
  /** The event that is waiting, as JSON. */
  body: string;
  attributes: {
    /** How often it was received, including this time. */
    ApproximateReceiveCount: string;
    /** Milliseconds since 1970. */
    SentTimestamp: string;
  };
}

/** How an execution ended, as StartSyncExecution answers. */
export interface Ended {
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  error?: string;
}

/** The calls that Resume makes. */
export interface ResumePorts {
  /** Runs the event through the workflow and waits until it has ended. */
  run(input: string): Promise<Ended>;
  /** Keeps the message invisible for this many seconds. */
  delay(message: BacklogMessage, seconds: number): Promise<void>;
}

/** Seconds after which waiting for capacity becomes a failure, once the event was tried at least once. */
const PATIENCE = 24 * 60 * 60;

/** The first wait and the longest, in seconds. */
const WAIT = { first: 60, longest: 3_600 };

/**
 * Runs an event from the backlog through the workflow. One invocation runs one execution, so the concurrency of this
 * function is that of the backlog.
 *
 * @returns whether the message is finished; if not, it comes back after a wait that grows with each attempt
 */
export async function resume(
  message: BacklogMessage,
  ports: ResumePorts,
  now: Date,
  random = Math.random,
): Promise<boolean> {
  const attempts = Number(message.attributes.ApproximateReceiveCount);
  const sent = Number(message.attributes.SentTimestamp);
  const expired = attempts > 1 && now.getTime() - sent > PATIENCE * 1_000;
  const event = JSON.parse(message.body) as ObjectEvent;
  const backlog = { attempts, since: new Date(sent).toISOString(), ...(expired ? { expired } : {}) };
  const input = { ...event, backlog, ...(expired && { error: exhausted(backlog) }) };

  const { status, error } = await ports.run(JSON.stringify(input));
  // An execution that failed for another reason has sent its own message.
  if (status === 'SUCCEEDED' || (status === 'FAILED' && error !== 'StillWaiting')) return true;
  await ports.delay(message, waitSeconds(attempts, random()));
  return false;
}

/** The error of an event that has waited for too long, as if a state had failed with it: the workflow starts at Quarantine. */
function exhausted({ since, attempts }: { since: string; attempts: number }): CaughtError {
  const { name, message } = new CapacityExhausted(
    `No capacity was free since ${since}, in ${attempts} attempts. Raise the concurrency of the functions or of the account.`,
  );
  return { Error: name, Cause: message };
}

/** How long a message has been in the backlog. */
export function secondsInBacklog({ attributes }: BacklogMessage, now: Date): number {
  return Math.max(0, (now.getTime() - Number(attributes.SentTimestamp)) / 1_000);
}

/** Doubles with each attempt up to the longest wait. Half of it is random, so that many events don't come back at once. */
export function waitSeconds(attempts: number, random: number): number {
  const longest = Math.min(WAIT.longest, WAIT.first * 2 ** (attempts - 1));
  return Math.round(longest / 2 + (longest / 2) * random);
}
