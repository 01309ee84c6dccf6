/** Finds everything that a set of packages needs at run time, from the metadata of an installed tree. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Files } from './zip';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/**
 * @param root folder that holds `node_modules`
 * @param names packages to begin with
 * @returns the folders of those packages and of everything they depend on. Optional dependencies that aren't installed are
 *   left out
 * @throws if a required package isn't installed
 */
export function dependencyClosure(root: string, names: string[]): string[] {
  const folders = new Set<string>();
  const visit = (name: string, from: string, needed: boolean): void => {
    const folder = findPackage(name, from, root);
    if (!folder) {
      if (needed)
        throw new Error(`Expected package ${name}, needed by ${from}, below ${root} but found none.`);
      return;
    }
    if (folders.has(folder)) return;
    folders.add(folder);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    // npm repeats optional dependencies in `dependencies`. Those for other platforms are missing, and that is fine.
    const optional = manifest.optionalDependencies ?? {};
    for (const dependency of Object.keys({ ...manifest.dependencies, ...optional })) {
      visit(dependency, folder, !(dependency in optional));
    }
  };
  for (const name of names) visit(name, root, true);
  return [...folders].sort();
}

/** Searches like Node: in `node_modules` of the folder, then of each parent folder, up to the root of the tree. */
function findPackage(name: string, from: string, root: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}

/**
 * @param root folder that holds `node_modules`
 * @param folders packages, as {@link dependencyClosure} returns them
 * @returns their files by path relative to `root`. Nested `node_modules` are included only if they are among `folders`
 * @throws on a symbolic link, which Lambda refuses
 */
export function readPackages(root: string, folders: string[]): Files {
  const files: Files = new Map();
  const read = (path: string): void => {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) {
      throw new Error(`Expected regular files in a deployment package but ${path} is a symbolic link.`);
    }
    if (stat.isDirectory()) {
      for (const name of readdirSync(path)) if (name !== 'node_modules') read(join(path, name));
    } else {
      files.set(relative(root, path).split(sep).join('/'), readFileSync(path));
    }
  };
  folders.forEach(read);
  return files;
}
