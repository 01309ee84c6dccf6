import { eventIn } from '../redrive/event-in';
import type { Queue } from '../redrive/queue';

/** Seconds for which messages are hidden from others while they are read. */
const HIDDEN = 10;

/** An event for which no execution could be started. */
export interface DeadLetter {
  key: string;
  versionId: string | undefined;
  etag: string | undefined;
  /** In EventBridge's words. */
  reason: string;
}

/** Reads the queue of events for which EventBridge could not start an execution. They stay in it. */
export class DeadLetters {
  private count = 0;
  private readonly seen = new Set<string>();

  constructor(private readonly queue: Pick<Queue, 'count' | 'take' | 'giveBack'>) {}

  /** Those that arrived since the last look. */
  async arrived(): Promise<DeadLetter[]> {
    const count = await this.queue.count();
    const before = this.count;
    this.count = count;
    if (count === 0 || count === before) return [];
    const held = [];
    try {
      for (;;) {
        const some = await this.queue.take(HIDDEN);
        if (some.length === 0) break;
        held.push(...some);
      }
    } finally {
      for (const message of held) await this.queue.giveBack(message);
    }
    const fresh = held.filter(({ id }) => !this.seen.has(id));
    for (const { id } of fresh) this.seen.add(id);
    return fresh.flatMap(({ body, attributes }) => {
      const found = eventIn(body);
      if (!('event' in found) || found.event['detail-type'] !== 'Object Created') return [];
      const { key, etag, 'version-id': versionId } = found.event.detail.object;
      const { ERROR_CODE: code, ERROR_MESSAGE: text } = attributes;
      const reason = [code, text].filter(Boolean).join(': ') || 'no reason is given';
      return [{ key, etag, versionId, reason }];
    });
  }
}
