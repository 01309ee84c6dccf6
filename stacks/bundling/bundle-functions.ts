/** From the source of the functions to the packages that are deployed. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyClosure, readPackages } from './closure';
import { type CompiledFunction, compile } from './compile';
import { installLambdaModules } from './lambda-modules';
import { requireArm64Addon } from './native';
import { type Files, packageFiles } from './zip';

/** Where packages are to run. On this machine sharp comes from its own node_modules, so nothing is installed. */
export type BundleTarget = 'lambda' | 'local';

/** A deployment package on disk. */
export interface FunctionPackage {
  /** Absolute path of the zip. */
  path: string;
  /** SHA-256 of the zip, base64: what Lambda calls `CodeSha256`. */
  sha256: string;
}

/** @throws when `value` names no target */
export function bundleTarget(value = 'lambda'): BundleTarget {
  if (value === 'lambda' || value === 'local') return value;
  throw new Error(`Expected "lambda" or "local" for BUNDLE_FOR but received "${value}".`);
}

/**
 * Compiles and packages functions. The same sources and lockfile give the same bytes.
 *
 * @param options.root folder of the project, with package.json, package-lock.json and node_modules
 * @param options.folder holds one folder for each function, relative to `root`
 * @param options.names of the functions
 * @returns a package for each name, written to `dist/<target>/`
 */
export function bundleFunctions<Name extends string>(options: {
  root: string;
  folder: string;
  names: readonly Name[];
  target: BundleTarget;
}): Record<Name, FunctionPackage> {
  const { root, folder, names, target } = options;
  const out = join(root, 'dist', target);
  mkdirSync(out, { recursive: true });
  const packages = [...compile(root, folder, [...names])].map(([name, compiled]) => {
    const files = target === 'lambda' ? withNativePackages(root, name, compiled) : compiled.files;
    return [name, write(join(out, `${name}.zip`), packageFiles(name, files))];
  });
  return Object.fromEntries(packages) as Record<Name, FunctionPackage>;
}

function withNativePackages(root: string, name: string, { files, nativePackages }: CompiledFunction): Files {
  if (nativePackages.length === 0) return files;
  const tree = installLambdaModules(root, join(root, 'dist', 'linux-arm64'));
  const modules = readPackages(tree, dependencyClosure(tree, nativePackages));
  requireArm64Addon(name, modules);
  return new Map([...files, ...modules]);
}

/** Replaces the file in one step, so that a synth running beside this one never reads half of it. */
function write(path: string, bytes: Uint8Array): FunctionPackage {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, path);
  return { path, sha256: createHash('sha256').update(bytes).digest('base64') };
}
