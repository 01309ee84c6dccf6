/** From the source of the functions to the packages to deploy. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyClosure, readPackages } from './closure';
import { type CompiledFunction, compile } from './compile';
import { installLambdaModules } from './lambda-modules';
import { readLockfile, requireShipped } from './locked';
import { requireLoadable } from './native';
import { fingerprintOf, reuse } from './reuse';
import { runTimeFiles } from './run-time-files';
import { type Files, packageFiles } from './zip';

/** Where packages will run. On this machine sharp comes from its own node_modules, so nothing is installed. */
export type BundleTarget = 'lambda' | 'local';

/** A deployment package on disk. */
export interface FunctionPackage {
  /** Absolute path of the zip. */
  path: string;
  /** SHA-256 of the zip, base64: what Lambda calls `CodeSha256`. */
  sha256: string;
}

export interface BundleOptions<Name extends string> {
  /** Folder of the project, with package.json, package-lock.json and node_modules. */
  root: string;
  /** Holds one folder for each function, relative to `root`. */
  folder: string;
  /**
   * Other folders that the functions import from, relative to `root`. A change in one rebuilds the packages.
   * @default none
   */
  imports?: readonly string[];
  /** Names of the functions. */
  names: readonly Name[];
  /**
   * Files that functions load while they run, beside their bundles.
   * @default none
   */
  extras?: readonly Extra[];
  target: BundleTarget;
}

/** Files that go into the packages of some functions as they are. */
export interface Extra {
  /** Part of the file names of those packages: one without the files may be needed at the same time. */
  label: string;
  /** Names of the functions. */
  functions: readonly string[];
  /** Paths relative to the root of the project, by the path in the package. */
  files: Readonly<Record<string, string>>;
}

/** @throws if `value` is not a target */
export function bundleTarget(value = 'lambda'): BundleTarget {
  if (value === 'lambda' || value === 'local') return value;
  throw new Error(`Expected "lambda" or "local" for BUNDLE_FOR but received "${value}".`);
}

/**
 * Compiles and packages functions. The same sources and lockfile give the same bytes.
 *
 * @returns a package for each name, written to `dist/<target>/`
 * @throws if Lambda could not load a package, or if it contains a package that must not be shipped
 */
export function bundleFunctions<Name extends string>(
  options: BundleOptions<Name>,
): Record<Name, FunctionPackage> {
  const { root, folder, imports = [], names, extras = [], target } = options;
  const out = join(root, 'dist', target);
  mkdirSync(out, { recursive: true });
  const files = new Map(names.map((name) => [name, fileName(name, extras)]));
  // Packages for deployment are always rebuilt from their sources.
  const packages =
    target === 'lambda'
      ? make(options, out)
      : reuse(
          join(out, 'made.json'),
          fingerprintOf(root, [folder, ...imports]),
          [...files.values()],
          (missing) =>
            make({ ...options, names: names.filter((name) => missing.includes(files.get(name)!)) }, out),
        );
  return Object.fromEntries(names.map((name) => [name, packages[files.get(name)!]])) as Record<
    Name,
    FunctionPackage
  >;
}

/** The name of a package's file, without its ending: another one if other files go into it. */
function fileName(name: string, extras: readonly Extra[]): string {
  const parts = extrasOf(name, extras).map(({ label, files }) => {
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    return `${label}-${hash.slice(0, 8)}`;
  });
  return [name, ...parts].join('-with-');
}

const extrasOf = (name: string, extras: readonly Extra[]) =>
  extras.filter(({ functions }) => functions.includes(name));

/** @returns the packages by the names of their files */
function make<Name extends string>(
  { root, folder, names, extras = [], target }: BundleOptions<Name>,
  out: string,
): Record<string, FunctionPackage> {
  const lockfile = readLockfile(root);
  const packages = [...compile(root, folder, [...names])].map(([name, compiled]) => {
    requireShipped(name, compiled.sources, lockfile);
    const files = target === 'lambda' ? withNativePackages(root, name, compiled) : compiled.files;
    const all = new Map([...files, ...extraFiles(root, extrasOf(name, extras))]);
    requireShipped(name, all.keys(), lockfile);
    const file = fileName(name, extras);
    return [file, write(join(out, `${file}.zip`), packageFiles(name, all))];
  });
  return Object.fromEntries(packages);
}

function extraFiles(root: string, extras: readonly Extra[]): [string, Uint8Array][] {
  return extras.flatMap(({ files }) =>
    Object.entries(files).map(([path, source]): [string, Uint8Array] => [
      path,
      readFileSync(join(root, source)),
    ]),
  );
}

function withNativePackages(root: string, name: string, { files, nativePackages }: CompiledFunction): Files {
  if (nativePackages.length === 0) return files;
  const tree = installLambdaModules(root, join(root, 'dist', 'linux-arm64'));
  const modules = runTimeFiles(readPackages(tree, dependencyClosure(tree, nativePackages)));
  requireLoadable(name, modules);
  return new Map([...files, ...modules]);
}

/** Replaces the file in one step, so that another synth running at the same time never reads half of it. */
function write(path: string, bytes: Uint8Array): FunctionPackage {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, path);
  return { path, sha256: createHash('sha256').update(bytes).digest('base64') };
}
