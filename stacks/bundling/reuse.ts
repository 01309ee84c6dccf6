/** Spares a run on this machine the work of the run before, where nothing has changed since. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Made<Packages> {
  fingerprint: string;
  packages: Packages;
}

/**
 * @param file that remembers what was made, and of what
 * @param fingerprint of all that it is made of
 * @returns what was made before, where the fingerprint is the same and every file is still as it was; otherwise, and
 *   remembered, what `make` answers
 */
export function reuse<Packages extends Record<string, { path: string; sha256: string }>>(
  file: string,
  fingerprint: string,
  make: () => Packages,
): Packages {
  const made = read<Made<Packages>>(file);
  if (made?.fingerprint === fingerprint && Object.values(made.packages).every(isAsItWas))
    return made.packages;
  const packages = make();
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, JSON.stringify({ fingerprint, packages } satisfies Made<Packages>));
  renameSync(partial, file);
  return packages;
}

/** Of the sources and of this code, by path and content; the lockfile stands for the packages that are installed. */
export function fingerprintOf(root: string, folder: string, names: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([process.version, root, names]));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const place of [join(root, folder), __dirname]) {
    for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(place, name);
      if (!statSync(path).isFile()) continue;
      const content = readFileSync(path);
      hash.update(JSON.stringify([path, content.length])).update(content);
    }
  }
  return hash.digest('hex');
}

function isAsItWas({ path, sha256 }: { path: string; sha256: string }): boolean {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('base64') === sha256;
  } catch {
    return false;
  }
}

function read<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    // Not there yet, or cut short: then it is made again.
    return undefined;
  }
}
