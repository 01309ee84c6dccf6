/** From the source of the functions to the packages to deploy. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
  target: BundleTarget;
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
  const { root, folder, imports = [], names, target } = options;
  const out = join(root, 'dist', target);
  mkdirSync(out, { recursive: true });
  // Packages for deployment are always rebuilt from their sources.
  return target === 'lambda'
    ? make(options, out)
    : reuse(join(out, 'made.json'), fingerprintOf(root, [folder, ...imports]), names, (missing) =>
        make({ ...options, names: missing }, out),
      );
}

function make<Name extends string>(
  { root, folder, names, target }: BundleOptions<Name>,
  out: string,
): Record<Name, FunctionPackage> {
  const lockfile = readLockfile(root);
  const packages = [...compile(root, folder, [...names])].map(([name, compiled]) => {
    requireShipped(name, compiled.sources, lockfile);
    const files = target === 'lambda' ? withNativePackages(root, name, compiled) : compiled.files;
    requireShipped(name, files.keys(), lockfile);
    return [name, write(join(out, `${name}.zip`), packageFiles(name, files))];
  });
  return Object.fromEntries(packages) as Record<Name, FunctionPackage>;
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
