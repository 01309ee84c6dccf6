import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../lib/command';

/** A file on this machine. */
export interface Found {
  file: string;
  /** Its path from the deepest folder that contains all files, so that no two files have the same. */
  path: string;
  /** Whether it was given by name, rather than found in a folder. */
  named: boolean;
}

/**
 * Finds the files at some paths. A folder means every file in it, at any depth.
 *
 * @throws UsageError for a path that does not exist, and when there is no file at all
 */
export async function findFiles(paths: readonly string[]): Promise<Found[]> {
  const found = (await Promise.all(paths.map(filesAt))).flat();
  if (found.length === 0)
    throw new UsageError(`Expected files to process but found none in ${paths.join(', ')}`);
  const unique = new Map(
    found.sort((one, other) => Number(one.named) - Number(other.named)).map((f) => [f.file, f]),
  );
  const folder = commonFolder([...unique.keys()]);
  return [...unique.values()]
    .map((item) => ({ ...item, path: path.relative(folder, item.file).split(path.sep).join('/') }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function filesAt(given: string): Promise<Omit<Found, 'path'>[]> {
  const start = path.resolve(given);
  const found = await stat(start).catch(() => {
    throw new UsageError(`Expected a file or a folder but there is nothing at ${given}`);
  });
  if (!found.isDirectory()) return [{ file: start, named: true }];
  const entries = await readdir(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => ({ file: path.join(entry.parentPath ?? entry.path, entry.name), named: false }));
}

function commonFolder(files: readonly string[]): string {
  let folder = path.dirname(files[0] as string);
  while (!files.every((file) => file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep))) {
    folder = path.dirname(folder);
  }
  return folder;
}
