/**
 * Copies packages for the duration of a build and changes some of the copied files, because a few lines of them make every
 * function start slower (docs/performance.md).
 *
 * Their versions are pinned, and tests run the result. An update that moves these files fails here and names the file.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { awsClientsOf } from './adapted-aws-clients';
import type { AdaptedPackage } from './adapted-package';
import { SDK } from './adapted-sdk';
import { SHARP } from './adapted-sharp';
import { replaceArrows } from './arrows';

/**
 * @param root folder of the project
 * @param build is called with the paths to import in place of packages, by the names of the packages. Those that are not
 *   installed are left out
 * @throws Error if the files of a package are not where they are expected
 */
export function withAdaptedPackages<Result>(
  root: string,
  build: (paths: Record<string, string>) => Result,
): Result {
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  // Other imports of the copies are found in the project's node_modules.
  const folder = mkdtempSync(join(dist, 'partial-packages-'));
  try {
    const unchanged: string[] = [];
    const paths = [SHARP, ...SDK, ...awsClientsOf(root)].flatMap((adapted) => {
      const installed = find(root, adapted.name);
      if (!installed) return [];
      const to = join(folder, 'node_modules', adapted.name);
      unchanged.push(...copy(installed, to, adapted));
      return entriesOf(adapted, installed).map(([path, file]) => [path, join(to, file)] as const);
    });
    replaceArrows(
      folder,
      unchanged.filter((file) => file.endsWith('.js')),
    );
    return build(Object.fromEntries(paths));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
    copyFileSync(join(from, path), join(to, path));
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
