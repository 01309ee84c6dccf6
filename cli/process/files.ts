import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../lib/command';

/** A file on this machine. */
export interface Found {
  file: string;
  /** Its path below the deepest folder that holds everything that was given, so that no two files have the same. */
  path: string;
  /** Whether it was given by name, rather than found in a folder. */
  named: boolean;
}

/** Why something in a folder is left out. */
export type Reason = 'hidden' | 'link' | 'special' | 'own';

export interface Search {
  found: Found[];
  /** Absolute paths that are left out, by the reason. */
  skipped: Record<Reason, string[]>;
  /** Folders that can't be read. */
  unreadable: (Found & { error: Error })[];
}

type Item = Omit<Found, 'path'>;

/**
 * Finds the files at some paths. A folder means every file in it, at any depth, and its name is part of their paths, unless it is
 * given with `/.`, as for `cp -r`.
 *
 * @param own absolute paths of folders that the command itself writes to: they are left out
 * @throws UsageError for a path that is no file and no folder, and if there is nothing at all
 */
export async function findFiles(given: readonly string[], own: readonly string[] = []): Promise<Search> {
  const found: Item[] = [];
  const unreadable: (Item & { error: Error })[] = [];
  const skipped: Search['skipped'] = { hidden: [], link: [], special: [], own: [] };

  async function walk(folder: string): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      unreadable.push({ file: folder, named: false, error: error as Error });
      return;
    }
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      const reason = reasonFor(entry, file, own);
      if (reason) skipped[reason].push(file);
      else if (entry.isDirectory()) await walk(file);
      else found.push({ file, named: false });
    }
  }

  const bases: string[] = [];
  for (const each of given) {
    const start = path.resolve(each);
    const kind = await stat(start).catch(() => {
      throw new UsageError(`Expected a file or a folder but there is nothing at ${each}`);
    });
    if (kind.isDirectory()) await walk(start);
    else if (kind.isFile()) found.push({ file: start, named: true });
    else throw new UsageError(`Expected a file or a folder but ${each} is neither`);
    bases.push(kind.isDirectory() && isContents(each) ? start : path.dirname(start));
  }

  const base = commonFolder(bases);
  const withPath = <T extends Item>(item: T) => ({
    ...item,
    path: path.relative(base, item.file).split(path.sep).join('/'),
  });
  // A file that is both named and found in a folder counts as named.
  const byFile = new Map(
    found.sort((one, other) => Number(one.named) - Number(other.named)).map((item) => [item.file, item]),
  );
  return {
    found: [...byFile.values()].map(withPath).sort((one, other) => (one.path < other.path ? -1 : 1)),
    skipped,
    unreadable: unreadable.map(withPath),
  };
}

function reasonFor(entry: Dirent, file: string, own: readonly string[]): Reason | undefined {
  if (own.includes(file)) return 'own';
  if (entry.name.startsWith('.')) return 'hidden';
  if (entry.isSymbolicLink()) return 'link';
  return entry.isFile() || entry.isDirectory() ? undefined : 'special';
}

/** Whether the contents of a folder are meant rather than the folder: `.`, `photos/.`, `..` */
const isContents = (given: string) => /(^|[/\\])\.\.?[/\\]?$/.test(given);

/** The deepest folder that is, or holds, each of them. */
function commonFolder(folders: readonly string[]): string {
  let common = folders[0] as string;
  const holds = (folder: string) =>
    folder === common || folder.startsWith(common.endsWith(path.sep) ? common : common + path.sep);
  while (!folders.every(holds)) {
    const above = path.dirname(common);
    if (above === common) throw new UsageError('Expected files on one drive');
    common = above;
  }
  return common;
}
