import { PROCESSING_SHARDS } from '../../contract/record';

/** The calls that Watch makes. */
export interface WatchPorts {
  /**
   * How many records of a shard have been PROCESSING since before a time.
   *
   * @param startedBefore in the form of a record's `startedAt`
   * @param most where counting may stop
   */
  count(shard: string, startedBefore: string, most: number): Promise<number>;
}

/** When an image is stuck: twice as long as an execution can run. */
const STUCK_AFTER_MS = 10 * 60 * 1_000;

/** Counting more in a shard costs more and says nothing new. */
const MOST_PER_SHARD = 1_000;

/**
 * Counts the images that have been PROCESSING for more than ten minutes: their executions died without a message, or they
 * are waiting for capacity in the backlog.
 *
 * @returns at most 16,000
 */
export async function watch(ports: WatchPorts, now: Date): Promise<number> {
  const startedBefore = new Date(now.getTime() - STUCK_AFTER_MS).toISOString();
  const counts = await Promise.all(
    PROCESSING_SHARDS.map((shard) => ports.count(shard, startedBefore, MOST_PER_SHARD)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
