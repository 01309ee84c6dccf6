import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How the names of folders begin that are not whole yet. */
export const PARTIAL = 'partial-';

/**
 * Makes a folder once for each key. It is there whole or not at all, whatever ends the process.
 *
 * @param cache folder of these folders
 * @param key names everything that its content depends on
 * @param fill writes the content to the folder that it is given
 * @returns the folder
 */
export function cachedFolder(cache: string, key: string, fill: (folder: string) => void): string {
  const folder = join(cache, key);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, PARTIAL));
  try {
    fill(partial);
    publish(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Another process may have finished first; its folder is the same. */
function publish(partial: string, folder: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
