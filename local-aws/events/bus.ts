import { join } from 'node:path';
import type { Rule } from '../stack/model';
import { type Entry, type Outbox, openOutbox } from './outbox';
import { compilePattern } from './pattern';
import { backoff, deadLetterAttributes, exhausted, isRetriable } from './retry';

type Target = Rule['targets'][number];

export interface BusOptions {
  rules: Rule[];
  /** The outbox is its folder `events`. */
  dataDir: string;
  /** Where accepted events are kept. @default on disk */
  outbox?: Outbox;
  /**
   * Delivers an event to a target. Resolves when the run it started has ended, successfully or not, so that a run
   * that a crash cuts short is repeated. Rejects if the run could not be started.
   */
  deliver: (targetArn: string, event: object, rule: Rule) => Promise<void>;
  /** Sends an event that could not be delivered to a queue, with EventBridge's message attributes. */
  deadLetter: (queueArn: string, event: object, attributes: Record<string, string>) => Promise<void>;
  /**
   * Whether what an event from an earlier run announces has happened. Otherwise the event is dropped. @default always
   */
  happened?: (event: object) => boolean;
  /** Receives each event that no rule matches. On AWS such an event leaves no trace. */
  unmatched?: (event: object) => void;
  /** Receives the name of each metric that EventBridge counts for a rule. */
  measure?: (metric: string, rule: Rule) => void;
  /** How many deliveries run at the same time. */
  concurrency: number;
  /** Receives a line for each event that is lost as it would be on AWS, because not even a dead-letter queue accepts it. */
  lost?: (message: string) => void;
  /** Milliseconds to wait before a retry, given how many there have been. */
  delay?: (retries: number) => number;
}

export interface Bus {
  /** Accepts an event: once this resolves, the event survives a crash. */
  put(event: object): Promise<void>;
  /** Accepts an event of something that is yet to happen: it is delivered once it is released. */
  announce(event: object): Promise<Announced>;
  /** Resolves when no accepted event is waiting, running or about to be retried. */
  idle(): Promise<void>;
  /** How many accepted events have not ended. */
  pending(): number;
  /**
   * Starts no further delivery. Events that have not ended stay on disk for the next start, also those whose
   * delivery is cut short from now on: close the bus before what it delivers to.
   */
  close(): void;
}

/** An accepted event that waits until what it reports has happened. */
export interface Announced {
  release(): void;
  /** It did not happen. */
  cancel(): Promise<void>;
}

interface Delivery {
  rule: Rule;
  target: Target;
  entry: Entry;
  retries: number;
  /** Targets of the event that have not ended, this one included. */
  open: Set<Target>;
}

/**
 * An event bus that loses nothing: at least once, like EventBridge, and first in, first out. What an earlier run left
 * on disk is delivered at once.
 *
 * @throws Error if a rule's pattern is one that AWS would refuse
 */
export function createBus(options: BusOptions): Bus {
  const { deliver, deadLetter, concurrency, lost = console.warn, delay = backoff } = options;
  const { measure = () => {}, happened = () => true } = options;
  const rules = options.rules.map((rule) => ({ rule, matches: compilePattern(rule.pattern) }));
  const outbox = options.outbox ?? openOutbox(join(options.dataDir, 'events'));
  const queue: Delivery[] = [];
  const waiting = new Set<NodeJS.Timeout>();
  let accepting = 0;
  let unfinished = 0;
  let running = 0;
  let closed = false;
  let idle: (() => void)[] = [];

  const targetsOf = (event: object) =>
    rules
      .filter(({ matches }) => matches(event))
      .flatMap(({ rule }) => rule.targets.map((target) => ({ rule, target })));

  function schedule(entry: Entry): void {
    const targets = targetsOf(entry.event);
    const open = new Set(targets.map(({ target }) => target));
    unfinished++;
    for (const { rule, target } of targets) queue.push({ rule, target, entry, retries: 0, open });
    if (targets.length === 0) void end(entry);
    next();
  }

  function next(): void {
    while (!closed && running < concurrency && queue.length > 0) {
      running++;
      void run(queue.shift()!).finally(() => {
        running--;
        next();
      });
    }
  }

  async function run(delivery: Delivery): Promise<void> {
    const { rule, target, entry, open } = delivery;
    try {
      await deliver(target.arn, entry.event, rule);
    } catch (error) {
      if (closed) return;
      const condition = isRetriable(error)
        ? exhausted(target, delivery.retries, entry.acceptedAt)
        : undefined;
      if (isRetriable(error) && !condition) return retry(delivery);
      await giveUp(delivery, deadLetterAttributes(rule.arn, target.arn, error, delivery.retries, condition));
    }
    open.delete(target);
    if (open.size === 0) await end(entry);
  }

  function retry(delivery: Delivery): void {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      queue.push({ ...delivery, retries: delivery.retries + 1 });
      next();
    }, delay(delivery.retries));
    waiting.add(timer);
  }

  async function giveUp(
    { rule, target, entry }: Delivery,
    attributes: Record<string, string>,
  ): Promise<void> {
    measure('Invocations', rule);
    measure('FailedInvocations', rule);
    const what = `An event of rule ${rule.name} could not be delivered to ${target.arn}: ${attributes['ERROR_MESSAGE']}`;
    if (!target.deadLetterQueue) return lost(`${what} The target has no dead-letter queue.`);
    try {
      await deadLetter(target.deadLetterQueue, entry.event, attributes);
      measure('InvocationsSentToDlq', rule);
    } catch (error) {
      measure('InvocationsFailedToBeSentToDlq', rule);
      lost(`${what} The dead-letter queue ${target.deadLetterQueue} refused it: ${(error as Error).message}`);
    }
  }

  async function end(entry: Entry): Promise<void> {
    if (closed) return;
    await outbox.remove(entry);
    unfinished--;
    settle();
  }

  function settle(): void {
    if (unfinished + accepting > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  }

  async function announce(event: object): Promise<Announced> {
    if (closed) throw new Error('The event bus is closed: the event was not accepted');
    if (targetsOf(event).length === 0) {
      return { release: () => options.unmatched?.(event), cancel: async () => {} };
    }
    accepting++;
    const accepted = () => {
      accepting--;
      settle();
    };
    const entry = await outbox.add(event).catch((error: unknown) => {
      accepted();
      throw error;
    });
    return {
      release() {
        schedule(entry);
        accepted();
      },
      cancel: () => outbox.remove(entry).finally(accepted),
    };
  }

  for (const entry of outbox.left) {
    if (happened(entry.event)) schedule(entry);
    else void outbox.remove(entry);
  }

  return {
    announce,
    async put(event) {
      (await announce(event)).release();
    },
    idle: () =>
      new Promise((resolve) => {
        idle.push(resolve);
        settle();
      }),
    pending: () => unfinished + accepting,
    close() {
      closed = true;
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
