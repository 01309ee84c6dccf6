/** Removes the messages about erased images from queues that nothing reads by itself. */
import { eventIn } from '../redrive/event-in';
import type { Held, Queue } from '../redrive/queue';

/** Seconds that messages are hidden while they are looked through. */
const HIDDEN = 300;

/**
 * @param most how many messages are looked at, about
 * @returns how many messages were about such an object, and are gone
 */
export async function purge(
  queue: Pick<Queue, 'take' | 'remove' | 'giveBack'>,
  isErased: (object: { bucket: string; key: string }) => boolean,
  most: number,
): Promise<number> {
  const kept = new Map<string, Held>();
  let removed = 0;
  try {
    while (removed + kept.size < most) {
      const batch = await queue.take(HIDDEN);
      if (batch.length === 0) break;
      for (const message of batch) kept.set(message.id, message);
      for (const message of batch) {
        const found = eventIn(message.body);
        if (!('event' in found)) continue;
        const { bucket, object } = found.event.detail;
        if (!isErased({ bucket: bucket.name, key: object.key })) continue;
        await queue.remove(message);
        kept.delete(message.id);
        removed++;
      }
    }
  } finally {
    await Promise.all([...kept.values()].map((message) => queue.giveBack(message)));
  }
  return removed;
}
