/** A disk that can be full: a file system in memory if this user may mount one, otherwise a folder and a simulated quota. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Room for an hour of uploads, in bytes. Only what is used takes memory. */
const SIZE = 3 * 2 ** 30;

/** If this much room isn't enough, something other than the growth of the content is wrong. */
const ROOM = 2 ** 22;

export interface Disk {
  folder: string;
  what: string;
  /** Modules that the engine must load first, and its environment. */
  preload: string[];
  environment: Record<string, string>;
  fill(): Promise<void>;
  empty(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeDisk(): Promise<Disk> {
  const folder = await mkdtemp(path.join(tmpdir(), 'soak-disk-'));
  const resize = (size: number, ...more: string[]) =>
    run('mount', ['-t', 'tmpfs', '-o', [...more, `size=${size}`].join(','), 'tmpfs', folder]);
  try {
    await resize(SIZE);
  } catch {
    return simulated(folder);
  }
  return {
    folder,
    what: 'a file system in memory',
    preload: [],
    environment: {},
    async fill() {
      // It can't be smaller than what it holds, which grows in the meantime.
      for (let room = 0; ; room += 64 * 1024) {
        const { blocks, bfree, bsize } = await statfs(folder);
        const done = await resize((blocks - bfree) * bsize + room, 'remount').catch(() => undefined);
        if (done) return;
        if (room > ROOM) throw new Error(`${folder} could not be made smaller`);
      }
    },
    async empty() {
      await resize(SIZE, 'remount');
    },
    async remove() {
      // Lazily: function processes of a killed engine may still be ending in it.
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true });
    },
  };
}

function simulated(folder: string): Disk {
  const full = path.join(folder, 'full');
  return {
    folder,
    what: 'a simulated quota, since this user may not mount a file system',
    preload: [path.join(__dirname, 'full-disk.cjs')],
    environment: { SOAK_FULL: full },
    fill: () => writeFile(full, ''),
    empty: () => rm(full, { force: true }),
    remove: () => rm(folder, { recursive: true }),
  };
}
