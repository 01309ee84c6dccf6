/** Reuses the packages of the last run on this machine if nothing has changed since. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Made<Package> {
  fingerprint: string;
  packages: Record<string, Package>;
}

/**
 * @param file that remembers which packages were made, and from what
 * @param fingerprint of everything that packages are made from
 * @param names of the functions to package
 * @param make is called with the names whose packages are missing or have changed, or with all of them if the fingerprint
 *   differs
 * @returns a package for each name
 */
export function reuse<Name extends string, Package extends { path: string; sha256: string }>(
  file: string,
  fingerprint: string,
  names: readonly Name[],
  make: (names: Name[]) => Record<Name, Package>,
): Record<Name, Package> {
  const before = read<Made<Package>>(file);
  const kept = before?.fingerprint === fingerprint ? before.packages : {};
  const missing = names.filter((name) => !isAsItWas(kept[name]));
  const packages: Record<string, Package> = { ...kept, ...(missing.length > 0 && make(missing)) };
  if (missing.length > 0) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, JSON.stringify({ fingerprint, packages } satisfies Made<Package>));
    renameSync(partial, file);
  }
  return Object.fromEntries(names.map((name) => [name, packages[name]])) as Record<Name, Package>;
}

/** Hashes the sources and this code by path and content. The lockfile represents the installed packages. */
export function fingerprintOf(root: string, folders: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([process.version, root]));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const place of [...folders.map((folder) => join(root, folder)), __dirname]) {
    for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(place, name);
      if (!statSync(path).isFile()) continue;
      const content = readFileSync(path);
      hash.update(JSON.stringify([path, content.length])).update(content);
    }
  }
  return hash.digest('hex');
}

function isAsItWas(made?: { path: string; sha256: string }): boolean {
  if (!made) return false;
  try {
    return createHash('sha256').update(readFileSync(made.path)).digest('base64') === made.sha256;
  } catch {
    return false;
  }
}

function read<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    // If it is missing or damaged, everything is made again.
    return undefined;
  }
}
