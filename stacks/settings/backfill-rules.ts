/** Rules for backfills. */
import { type Rule, rule } from './rule';

/** Uploads have to find capacity while a backfill runs. */
export const BACKFILL_RULES: readonly Rule[] = [
  rule(
    'backfill.concurrency',
    ({ backfill: { enabled, concurrency }, functions: { thumbnail } }) =>
      enabled &&
      typeof thumbnail.reservedConcurrency === 'number' &&
      concurrency > thumbnail.reservedConcurrency / 2,
    ({ backfill: { concurrency }, functions: { thumbnail } }) =>
      `expected at most half of functions.thumbnail.reservedConcurrency, which is ${thumbnail.reservedConcurrency}, received ${concurrency}: uploads would wait for the backfill; lower it or raise the reservation`,
  ),
  rule(
    'backfill.inventoryBucket',
    ({ backfill }) => !backfill.enabled && backfill.inventoryBucket !== undefined,
    () =>
      'expected backfill.enabled to be true, received false: nothing would read the inventory; set it to true or remove the bucket',
  ),
];
