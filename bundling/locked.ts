/** Proves that a package contains only what the project declares as shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lockfile {
  packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
}

/** @param root folder of package-lock.json */
export function readLockfile(root: string): Lockfile {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
}

/**
 * esbuild resolves whatever is installed, so an import of a devDependency would be shipped without notice, and without
 * security updates.
 *
 * @param name of the function, for the error message
 * @param paths of files that are in its package, or were compiled into it
 * @throws if one belongs to a package that isn't a dependency, or only a devDependency
 */
export function requireShipped(name: string, paths: Iterable<string>, { packages }: Lockfile): void {
  for (const place of new Set([...paths].map(placeOf).filter((found) => found !== undefined))) {
    const entry = packages[place];
    if (entry && !entry.dev && !entry.devOptional) continue;
    throw new Error(
      `Expected only dependencies of package.json in the package of ${name} but found ${place}, which is ` +
        `${entry ? 'one for development' : 'not in package-lock.json'}: move it to "dependencies" (npm install --save-prod), ` +
        'or do not import it.',
    );
  }
}

/** @returns the path of the package that a file belongs to, as lockfiles write it; undefined for the project's own files */
function placeOf(path: string): string | undefined {
  const last = path.lastIndexOf('node_modules/');
  if (last === -1) return undefined;
  const [scope, rest] = path.slice(last + 'node_modules/'.length).split('/');
  return path
    .slice(path.indexOf('node_modules/'), last)
    .concat('node_modules/', scope!.startsWith('@') ? `${scope}/${rest}` : scope!);
}
