import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { steadyNow } from '../clock';
import { removeTorn, writeDurably } from '../durable';

/** One event on disk. */
export interface Entry {
  id: string;
  event: object;
  /** When the event was accepted, in milliseconds since 1970. */
  acceptedAt: number;
}

/** Events that were accepted and not yet delivered, one file each, in the order of their names. */
export interface Outbox {
  /** Entries left by an earlier run, oldest first. */
  left: Entry[];
  /** Resolves when the event would survive a power cut. */
  add(event: object): Promise<Entry>;
  remove(entry: Entry): Promise<void>;
}

/** Keeps nothing after the process has ended. */
export function volatileOutbox(): Outbox {
  let last = 0;
  return {
    left: [],
    add: async (event) => ({ id: String(++last), event, acceptedAt: steadyNow() }),
    remove: async () => {},
  };
}

const DIGITS = 16;

/** @param folder created if it is missing */
export function openOutbox(folder: string): Outbox {
  mkdirSync(folder, { recursive: true });
  removeTorn(folder);
  const left = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({
      id: name.slice(0, -'.json'.length),
      ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<Entry, 'id'>),
    }));
  let last = Number(left.at(-1)?.id ?? 0);
  const path = (id: string) => join(folder, `${id}.json`);

  return {
    left,
    async add(event) {
      const entry = { id: String(++last).padStart(DIGITS, '0'), event, acceptedAt: steadyNow() };
      await writeDurably(path(entry.id), JSON.stringify({ event, acceptedAt: entry.acceptedAt }));
      return entry;
    },
    remove: (entry) => unlink(path(entry.id)),
  };
}
