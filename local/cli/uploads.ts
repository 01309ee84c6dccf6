import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './arguments';

/** A file on this machine and the key it is uploaded to. */
export interface Upload {
  file: string;
  key: string;
}

/**
 * The files to upload. A folder stands for every file in it, at any depth. Keys are paths from the deepest folder that
 * holds all of them, so that no two files share one.
 *
 * @param prefix what every key begins with
 * @throws UsageError for a path that does not exist, and when there is nothing to upload
 */
export async function findUploads(paths: readonly string[], prefix: string): Promise<Upload[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const unique = [...new Set(files)].sort();
  if (unique.length === 0) throw new UsageError(`Expected files to process but found none in ${paths.join(', ')}`);
  const folder = commonFolder(unique);
  return unique.map((file) => ({
    file,
    key: prefix + path.relative(folder, file).split(path.sep).join('/'),
  }));
}

async function filesAt(given: string): Promise<string[]> {
  const start = path.resolve(given);
  const found = await stat(start).catch(() => {
    throw new UsageError(`Expected a file or a folder but there is nothing at ${given}`);
  });
  if (!found.isDirectory()) return [start];
  const entries = await readdir(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function commonFolder(files: readonly string[]): string {
  let folder = path.dirname(files[0] as string);
  while (!files.every((file) => file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep))) {
    folder = path.dirname(folder);
  }
  return folder;
}
