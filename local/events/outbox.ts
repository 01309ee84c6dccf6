import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

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

const DIGITS = 16;

/** @param folder is made where it does not exist */
export function openOutbox(folder: string): Outbox {
  mkdirSync(folder, { recursive: true });
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
      const entry = { id: String(++last).padStart(DIGITS, '0'), event, acceptedAt: Date.now() };
      const unfinished = `${path(entry.id)}.tmp`;
      const file = await open(unfinished, 'w');
      try {
        await file.writeFile(JSON.stringify({ event, acceptedAt: entry.acceptedAt }));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path(entry.id));
      await syncFolder(folder);
      return entry;
    },
    remove: (entry) => unlink(path(entry.id)),
  };
}

/** A new name is on disk only once its folder is. Windows cannot open folders, and does this by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
