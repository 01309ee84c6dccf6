/**
 * Makes each write of dynalite atomic. It changes an item and its entries in indexes one after the other, so that a crash or a
 * full disk could leave an index that disagrees with its table; and an error of the disk ends the process. Here a write's
 * changes are collected and made at once.
 */

import type { Level } from 'level';

type Change = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
type Done = (error: Error | null) => void;

/** dynalite's database: a Level whose methods also take callbacks. */
export interface Database extends Pick<Level, 'open'> {
  put(key: string, value: unknown, done?: Done): unknown;
  del(key: string, done?: Done): unknown;
  batch(changes: Change[], done?: Done): unknown;
  close: { _original(): Promise<void> };
}

export interface AtomicWrites {
  /** Collects the changes from now on. One write at a time. */
  begin(): void;
  /** Makes the collected changes: all of them, or none. @throws Error of the disk */
  commit(): Promise<void>;
  /** Drops the collected changes. */
  discard(): void;
}

/** Takes the place of the methods with which dynalite changes its database. */
export function makeAtomic(database: Database): AtomicWrites {
  const put = database.put.bind(database);
  const del = database.del.bind(database);
  const batch = database.batch.bind(database);
  let collected: Change[] | undefined;

  const collect = (changes: Change[], done: Done) => {
    collected?.push(...changes);
    setImmediate(done, null);
  };
  database.put = (key, value, done) =>
    collected && done ? collect([{ type: 'put', key, value }], done) : put(key, value, done);
  database.del = (key, done) => (collected && done ? collect([{ type: 'del', key }], done) : del(key, done));
  database.batch = (changes, done) => (collected && done ? collect(changes, done) : batch(changes, done));

  return {
    begin() {
      collected = [];
    },
    async commit() {
      const changes = collected ?? [];
      collected = undefined;
      if (changes.length > 0) await batch(changes);
    },
    discard() {
      collected = undefined;
    },
  };
}
