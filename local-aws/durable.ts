/** Writes that survive a crash: a file has either its old content or the new. */

import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AwsError } from './service';

let timesWithoutRoom = 0;

/** How often something could not be written since this process started, because the disk was full. */
export const timesFull = (): number => timesWithoutRoom;

/** Whether the disk, or what the user may use of it, is full. LevelDB has a code of its own and names the reason in its text. */
function isFull(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as NodeJS.ErrnoException;
  const isCode = code === 'ENOSPC' || code === 'EDQUOT';
  return (
    isCode || /no space left on device|quota exceeded/i.test(String(message)) || (!!cause && isFull(cause))
  );
}

/**
 * Runs work that writes to the disk.
 *
 * @throws AwsError `InternalError` with status 500, which every client tries again, when the disk is full
 */
export async function withRoom<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFull(error)) throw error;
    timesWithoutRoom++;
    throw new AwsError(
      'InternalError',
      `The disk of the local engine is full, so nothing was stored. Make room, then try again. (${(error as Error).message})`,
      500,
    );
  }
}

/**
 * Replaces a file. When this resolves, the new content survives a crash of the machine.
 *
 * @throws AwsError `InternalError` when the disk is full; then the file has its old content
 */
export function writeDurably(path: string, text: string): Promise<void> {
  return withRoom(() => write(path, text));
}

async function write(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Removes what writes that a crash has cut short have left in a folder. Call it before anything is written there. */
export function removeTorn(directory: string): void {
  for (const name of readdirSync(directory)) if (name.endsWith('.tmp')) rmSync(join(directory, name));
}

/** Makes renames and removals in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory; its file system journals the rename by itself.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
