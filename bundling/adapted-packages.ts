/**
 * Copies packages and changes some of the copied files, because a few lines of them make every function start slower
 * (docs/performance.md).
 *
 * Their versions are pinned, and tests run the result. An update that moves these files fails here and names the file.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { awsClientsOf } from './adapted-aws-clients';
import type { AdaptedPackage } from './adapted-package';
import { SDK } from './adapted-sdk';
import { SHARP } from './adapted-sharp';
import { replaceArrows } from './arrows';
import { cachedFolder } from './cached-folder';

/** Where the copies are, below `node_modules`: there imports of the copies find the other packages, and `npm ci` removes them. */
const CACHE = join('.cache', 'bundling');

/** The path of a file of a package, as it would be without the copies. */
export function asInstalled(source: string): string {
  return source.replace(/node_modules\/\.cache\/bundling\/[^/]+\//, '');
}

/** Milliseconds after which nothing builds from the copies of other packages or of other changes any more. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Copies and changes the packages, once for each version of them.
 *
 * @param root folder of the project
 * @returns the paths to import in place of packages, by the names of the packages. Those that are not installed are left out
 * @throws Error if the files of a package are not where they are expected
 */
export function adaptedPackages(root: string): Record<string, string> {
  const adapted = [SHARP, ...SDK, ...awsClientsOf(root)].flatMap((adapted) => {
    const installed = find(root, adapted.name);
    return installed ? [{ adapted, installed }] : [];
  });
  const cache = join(modulesOf(root), CACHE);
  const folder = cachedFolder(cache, keyOf(adapted), (partial) => {
    const unchanged = adapted.flatMap(({ adapted, installed }) =>
      copy(installed, join(partial, 'node_modules', adapted.name), adapted),
    );
    replaceArrows(
      partial,
      unchanged.filter((file) => file.endsWith('.js')),
    );
  });
  // A folder is as old as its last use, so that none is removed while another process builds from it.
  utimesSync(folder, new Date(), new Date());
  for (const name of readdirSync(cache)) {
    const old = statSync(join(cache, name), { throwIfNoEntry: false });
    if (old && join(cache, name) !== folder && Date.now() - old.mtimeMs > DAY)
      rmSync(join(cache, name), { recursive: true, force: true });
  }
  return Object.fromEntries(
    adapted.flatMap(({ adapted, installed }) =>
      entriesOf(adapted, installed).map(([path, file]) => [
        path,
        join(folder, 'node_modules', adapted.name, file),
      ]),
    ),
  );
}

/** The `node_modules` of a project, which may be a link to that of another one, or be above it. */
function modulesOf(root: string): string {
  const [, modules] =
    /^(.*?[\\/]node_modules)[\\/]/.exec(createRequire(join(root, 'package.json')).resolve('esbuild')) ?? [];
  return modules ?? join(root, 'node_modules');
}

/** The installed packages, by the versions that they name, and this code. */
function keyOf(adapted: { installed: string }[]): string {
  const hash = createHash('sha256');
  const manifests = adapted.map(({ installed }) => join(installed, 'package.json'));
  const code = readdirSync(__dirname).filter((name) => name.endsWith('.ts'));
  for (const file of [...manifests, ...code.sort().map((name) => join(__dirname, name))])
    hash.update(JSON.stringify(file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The files to import, by the paths that imports have. */
function entriesOf({ name, entry }: AdaptedPackage, installed: string): [path: string, file: string][] {
  if (entry) return [[name, entry]];
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    exports: Record<string, { module?: string }>;
  };
  return Object.entries(exports).flatMap(([path, { module }]) =>
    module?.endsWith('.js') ? [[posix.join(name, path), module] as [string, string]] : [],
  );
}

/** The folder of an installed package. */
function find(root: string, name: string): string | undefined {
  try {
    // The main file of each of these packages is in a folder of its own.
    return join(dirname(createRequire(join(root, 'package.json')).resolve(name)), '..');
  } catch {
    return undefined;
  }
}

/** @returns the modules that are as they were */
function copy(
  from: string,
  to: string,
  { name, folder, ending, changed, added = {} }: AdaptedPackage,
): string[] {
  const missing = Object.keys(changed).find((path) => !existsSync(join(from, path)));
  if (missing) {
    throw new Error(
      `Expected ${missing} in ${from} but found none: this version of ${name} has other files.  ` +
        'Go back to the previous version, or adapt bundling/adapted-*.ts.',
    );
  }
  const modules = readdirSync(join(from, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
  for (const path of modules) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    // Half of the time that copyFileSync takes.
    writeFileSync(join(to, path), readFileSync(join(from, path)));
  }
  writeFileSync(join(to, 'package.json'), manifest(readFileSync(join(from, 'package.json'), 'utf8')));
  const own = join(from, 'node_modules');
  if (existsSync(own)) symlinkSync(own, join(to, 'node_modules'), 'junction');
  for (const [path, change] of Object.entries(changed)) {
    writeFileSync(join(to, path), change(readFileSync(join(from, path), 'utf8'), from));
  }
  for (const [path, text] of Object.entries(added)) writeFileSync(join(to, path), text);
  const others = new Set(Object.keys(changed).map((path) => join(path)));
  return modules.filter((path) => !others.has(path)).map((path) => join(to, path));
}

/** What esbuild and the package's own code read of it. The package's code imports it, so all of it would go into the bundle. */
function manifest(original: string): string {
  const { name, version, type, sideEffects } = JSON.parse(original) as Record<string, unknown>;
  return JSON.stringify({ name, version, type, sideEffects });
}
