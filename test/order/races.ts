import type { Cloud } from './cloud';
import type { Content } from './contents';
import { assertConvergence } from './expectations';
import { play } from './histories';
import type { Operation } from './world';

const put = (content: Content): Operation => ({ do: 'put', key: 'a', content });
const remove: Operation = { do: 'delete', key: 'a' };
/** Permanently deletes a version; 0 is the current one. */
const purge = (nth: number): Operation => ({ do: 'purge', key: 'a', nth });

/** A backfill finds the object stale. */
const backfill: Operation = { do: 'backfill', key: 'a', stale: true };

export interface Race {
  /** The operations on the object. */
  name: string;
  operations: Operation[];
}

/** One for each ordering rule that an execution could break when it is held up. */
export const RACES: Race[] = [
  { name: 'is overwritten by another format', operations: [put('red png'), put('red jpeg')] },
  { name: 'is deleted and uploaded again', operations: [put('red jpeg'), remove, put('red jpeg')] },
  { name: 'is deleted and brought back', operations: [put('red jpeg'), remove, purge(0)] },
  { name: 'loses its newest version', operations: [put('red jpeg'), put('red png'), purge(0)] },
  {
    name: 'is overwritten while a backfill works on it',
    operations: [put('red png'), backfill, put('red jpeg')],
  },
];

/** More races of the same kind, which only `npm run soak` runs. */
export const MORE_RACES: Race[] = [
  { name: 'is deleted while a backfill works on it', operations: [put('red jpeg'), backfill, remove] },
  {
    name: 'is overwritten by the same picture',
    operations: [put('red png'), put('red jpeg'), put('red png')],
  },
  { name: 'is overwritten by a file that is not an image', operations: [put('red jpeg'), put('broken png')] },
  { name: 'loses its only version', operations: [put('red jpeg'), purge(0)] },
  {
    name: 'loses its newest version, which was no image',
    operations: [put('red jpeg'), put('text'), purge(0)],
  },
  { name: 'loses an older version', operations: [put('red jpeg'), put('red png'), purge(1)] },
  {
    name: 'loses one version after the other',
    operations: [put('red jpeg'), put('red png'), put('blue jpeg'), purge(0), purge(0)],
  },
];

/**
 * Holds up an execution at each of its calls in turn, until everything else has happened.
 *
 * @param which only some of the calls: every `step`-th after the first `from`
 * @returns after how many calls it would have been held up next, had it made more of them
 * @throws AssertionError with the call, if that changes the result
 */
export async function race(
  cloud: Cloud,
  contents: Record<Content, Buffer>,
  { operations }: Race,
  which: { from: number; step: number } = { from: 0, step: 1 },
): Promise<number> {
  for (let after = which.from; ; after += which.step) {
    const history = { operations, deliveries: [], late: false, switches: [{ after, to: 0 }] };
    const { world, told, switched } = await play(cloud, contents, true, history);
    await assertConvergence(world, told).catch((error: Error) => {
      error.message = `Held up at call ${after}: ${error.message}`;
      throw error;
    });
    if (!switched) return after;
  }
}
