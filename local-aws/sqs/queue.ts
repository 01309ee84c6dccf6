/**
 * One standard queue on disk: each message is a file that exists before SendMessage answers, and until the message is
 * deleted.
 */

import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { steadyNow } from '../clock';
import { removeTorn, writeDurably } from '../durable';
import { AwsError } from '../service';
import type { QueueAttributes } from '../stack/model';
import type { MessageAttributes } from './message';

/** Times are Unix milliseconds of {@link steadyNow}. */
export interface Message {
  id: string;
  body: string;
  attributes: MessageAttributes;
  /** ARN of the sender. */
  sender: string;
  sentAt: number;
  /** Until then it is delayed or in flight. */
  visibleAt: number;
  /** How long it was hidden for when it was written, in milliseconds. */
  hiddenFor?: number;
  received: number;
  firstReceivedAt?: number;
  /** The receipt with which the last receiver deletes it. */
  receipt?: string;
}

/** A received message. */
export type Taken = Message & Required<Pick<Message, 'receipt' | 'firstReceivedAt'>>;

export class DurableQueue {
  readonly attributes: Required<Omit<QueueAttributes, 'RedrivePolicy'>> & QueueAttributes;
  /** In the order they were sent. */
  #messages = new Map<string, Message>();
  #waiting = new Set<() => void>();
  #onEmpty: (() => void)[] = [];
  #closed = false;

  /**
   * @param deadLetters the queue of the redrive policy
   * @param waitScale multiplies delays and visibility timeouts
   */
  constructor(
    readonly folder: string,
    attributes: QueueAttributes,
    readonly deadLetters: () => DurableQueue | undefined,
    readonly waitScale = 1,
  ) {
    this.attributes = {
      VisibilityTimeout: 30,
      DelaySeconds: 0,
      MessageRetentionPeriod: 345_600,
      ...attributes,
    };
    mkdirSync(folder, { recursive: true });
    removeTorn(folder);
    const stored = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Message)
      .sort((a, b) => a.sentAt - b.sentAt)
      .map(notInTheFuture);
    for (const message of stored) this.#messages.set(message.id, message);
  }

  /** Resolves when the message survives a crash of the machine. */
  async send(
    { body, attributes, sender }: Pick<Message, 'body' | 'attributes' | 'sender'>,
    delaySeconds = this.attributes.DelaySeconds,
  ): Promise<Message> {
    const sentAt = steadyNow();
    const visibleAt = sentAt + this.#wait(delaySeconds);
    const message = { id: randomUUID(), body, attributes, sender, sentAt, visibleAt, received: 0 };
    await this.#add(message);
    return message;
  }

  /**
   * Receives up to `max` visible messages, and waits up to `waitSeconds` for the first one.
   * @param visibilitySeconds how long they stay invisible to others
   * @param signal ends the wait without a message
   */
  async receive(
    max: number,
    visibilitySeconds: number,
    waitSeconds: number,
    signal?: AbortSignal,
  ): Promise<Taken[]> {
    const until = steadyNow() + waitSeconds * 1000;
    for (;;) {
      if (this.#closed || signal?.aborted) return [];
      const taken = await this.#take(max, visibilitySeconds);
      if (taken.length > 0 || steadyNow() >= until) return taken;
      await this.#change(until, signal);
    }
  }

  /** A receipt handle that a later receive has replaced deletes nothing, because another receiver has the message. */
  async delete(receipt: string): Promise<void> {
    const message = this.#messages.get(idOf(receipt));
    if (message?.receipt === receipt) await this.#drop(message);
  }

  async changeVisibility(receipt: string, seconds: number): Promise<void> {
    const message = this.#messages.get(idOf(receipt));
    if (message?.receipt !== receipt || message.visibleAt <= steadyNow()) {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    message.visibleAt = steadyNow() + this.#wait(seconds);
    await this.#update(message);
    this.#wake();
  }

  /** Undoes a receive: the message is visible again, and this time does not count. */
  async giveBack(receipt: string): Promise<void> {
    const message = this.#messages.get(idOf(receipt));
    if (message?.receipt !== receipt) return;
    message.received -= 1;
    message.visibleAt = steadyNow();
    await this.#update(message);
    this.#wake();
  }

  async purge(): Promise<void> {
    await Promise.all([...this.#messages.values()].map((message) => this.#drop(message)));
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    const now = steadyNow();
    const messages = this.#current();
    const hidden = messages.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ received }) => received > 0).length;
    return { visible: messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  /**
   * Messages that were received three times or more don't count as the oldest, as in SQS.
   * @param now in Unix milliseconds
   */
  measure(now: number): { visible: number; oldestSeconds: number } {
    const tried = (message: Message) => message.received >= 3;
    const sent = this.#current().flatMap((message) => (tried(message) ? [] : [message.sentAt]));
    return {
      visible: this.counts().visible,
      oldestSeconds: Math.max(0, (now - Math.min(now, ...sent)) / 1000),
    };
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Resolves when there is no message; at once if there is none now. */
  async drained(): Promise<void> {
    if (this.#messages.size > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  /** Ends all waits without a message. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** @returns milliseconds */
  #wait(seconds: number): number {
    return seconds * 1000 * this.waitScale;
  }

  /** Messages within their retention period. */
  #current(): Message[] {
    const oldest = steadyNow() - this.attributes.MessageRetentionPeriod * 1000;
    return [...this.#messages.values()].filter(({ sentAt }) => sentAt > oldest);
  }

  /** Hides the messages from others before it waits for anything. */
  async #take(max: number, visibilitySeconds: number): Promise<Taken[]> {
    const current = new Set(this.#current());
    const expired = [...this.#messages.values()].filter((message) => !current.has(message));
    const now = steadyNow();
    const visible = [...current].filter(({ visibleAt }) => visibleAt <= now);
    const { maxReceiveCount = Number.POSITIVE_INFINITY } = this.attributes.RedrivePolicy ?? {};
    const dead = visible.filter(({ received }) => received >= maxReceiveCount);
    const taken = visible.filter(({ received }) => received < maxReceiveCount).slice(0, max);
    for (const message of taken) {
      message.visibleAt = now + this.#wait(visibilitySeconds);
      message.received += 1;
      message.firstReceivedAt ??= now;
      message.receipt = `${message.id}#${randomUUID()}`;
    }
    for (const message of dead) this.#forget(message);
    await Promise.all([
      ...expired.map((message) => this.#drop(message)),
      ...dead.map((message) => this.#bury(message)),
      ...taken.map((message) => this.#update(message)),
    ]);
    return taken.map((message) => ({ ...message }) as Taken);
  }

  /** The message keeps its id and age, and is stored in the other queue before it leaves this one. */
  async #bury(message: Message): Promise<void> {
    const deadLetters = this.deadLetters();
    if (deadLetters)
      await deadLetters.#add({
        ...message,
        receipt: undefined,
        received: 0,
        firstReceivedAt: undefined,
      });
    await rm(this.#file(message), { force: true });
  }

  async #add(message: Message): Promise<void> {
    await this.#write(message);
    this.#messages.set(message.id, message);
    this.#wake();
  }

  /** A message that was deleted in the meantime stays deleted. */
  async #update(message: Message): Promise<void> {
    await this.#write(message);
    if (this.#messages.get(message.id) !== message) await rm(this.#file(message), { force: true });
  }

  #forget(message: Message): void {
    this.#messages.delete(message.id);
    if (this.#messages.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  async #drop(message: Message): Promise<void> {
    this.#forget(message);
    await rm(this.#file(message), { force: true });
  }

  #write(message: Message): Promise<void> {
    const hiddenFor = Math.max(0, message.visibleAt - steadyNow());
    return writeDurably(this.#file(message), JSON.stringify({ ...message, hiddenFor }));
  }

  #file({ id }: Message): string {
    return path.join(this.folder, `${id}.json`);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when a message arrives, when the next one becomes visible, or at the given time. */
  #change(until: number, signal?: AbortSignal): Promise<void> {
    const now = steadyNow();
    const next = Math.min(until, ...this.#current().map(({ visibleAt }) => visibleAt));
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(next - now, 1));
      signal?.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}

/** A message of an earlier run. The clock may have been set back since, which must not hide the message for longer. */
function notInTheFuture(message: Message): Message {
  const now = steadyNow();
  const { sentAt, visibleAt, hiddenFor = Number.POSITIVE_INFINITY } = message;
  return { ...message, sentAt: Math.min(sentAt, now), visibleAt: Math.min(visibleAt, now + hiddenFor) };
}

const idOf = (receipt: string) => {
  const [, id] = /^([0-9a-f-]{36})#[0-9a-f-]{36}$/.exec(receipt) ?? [];
  if (!id)
    throw new AwsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${receipt}" is not a valid receipt handle.`,
    );
  return id;
};
