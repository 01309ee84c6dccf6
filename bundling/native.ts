/** Proves, before upload, that Lambda can load the native code of a package. */
import { posix } from 'node:path';
import { type Import, readSharedLibrary, type SharedLibrary } from './elf';
import type { Files } from './zip';

/** `e_machine` of 64-bit ARM. */
const AARCH64 = 183;

/**
 * What Lambda's runtimes on Amazon Linux 2023 provide: glibc 2.34 and the libraries of GCC 11.
 * docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils.html
 */
const SYSTEM_LIBRARIES = [
  ...['ld-linux-aarch64.so.1', 'libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0'],
  ...['libresolv.so.2', 'librt.so.1', 'libgcc_s.so.1', 'libstdc++.so.6'],
];
const SYSTEM_VERSIONS: Record<string, string> = {
  GLIBC: '2.34',
  GLIBCXX: '3.4.29',
  CXXABI: '1.3.13',
  GCC: '11.0',
};

/** Node-API functions, which Node itself defines. */
const OF_NODE = /^(napi|node_api)_/;

/** The function that Node calls in an addon. */
const ENTRY = 'napi_register_module_v1';

/**
 * npm skips an optional dependency that it can't download, without failing. Such a package would break only when Lambda
 * loads it. The same goes for code built for another processor, for libraries of different versions, and for code built for
 * a newer system.
 *
 * @param name of the function, for the error message
 * @param files of its package, by path
 * @throws with what is wrong, in which file, and what to do
 */
export function requireLoadable(name: string, files: Files): void {
  try {
    loadAll(files);
  } catch (error) {
    throw new Error(
      `${(error as Error).message}, in the package of ${name}. Lambda could not load it. Remove dist/ and try again. If ` +
        'that does not help, the version of sharp in package-lock.json does not run on Lambda with arm64: choose another.',
    );
  }
}

/** Does what the dynamic loader does, as far as possible without running anything. */
function loadAll(files: Files): void {
  const paths = [...files.keys()].filter((path) => /\.(node|so)(\.[\d.]+)?$/.test(path));
  const libraries = new Map(paths.map((path) => [path, read(path, files.get(path)!)]));
  const addons = paths.filter((path) => path.endsWith('.node'));
  if (addons.length === 0) {
    throw new Error('Expected a native addon (.node) for linux-arm64 but found none: npm could not fetch it');
  }
  for (const addon of addons) {
    if (!libraries.get(addon)!.exports.has(ENTRY)) {
      throw new Error(`Expected ${addon} to have the function ${ENTRY} but it does not`);
    }
  }
  for (const [path, library] of libraries) link(path, library, libraries);
}

function read(path: string, bytes: Uint8Array): SharedLibrary {
  let library: SharedLibrary | undefined;
  try {
    library = readSharedLibrary(bytes);
  } catch {
    throw new Error(`Expected ${path} to be complete but it is cut off or damaged`);
  }
  if (library?.machine === AARCH64) return library;
  throw new Error(`Expected ${path} to be built for linux-arm64 but it is not`);
}

function link(path: string, library: SharedLibrary, libraries: Map<string, SharedLibrary>): void {
  const names = new Set<string>();
  for (const needed of library.needed.filter((name) => !SYSTEM_LIBRARIES.includes(name))) {
    const found = library.searchPath
      .map((folder) => posix.join(folder.replace('$ORIGIN', posix.dirname(path)), needed))
      .find((candidate) => libraries.has(candidate));
    if (!found) {
      throw new Error(
        `Expected to find ${needed}, which ${path} needs, but it is not where ${path} looks for it`,
      );
    }
    for (const name of libraries.get(found)!.exports) names.add(name);
  }
  const missing = library.imports.find((wanted) => !isThere(wanted, names));
  if (missing) {
    const { name, version } = missing;
    const where = version ? `${version.name} of ${version.library}` : 'any library of the package';
    throw new Error(`Expected the symbol ${name}, which ${path} needs, in ${where} but it is missing`);
  }
}

function isThere({ name, version }: Import, names: Set<string>): boolean {
  if (!version || !SYSTEM_LIBRARIES.includes(version.library)) return names.has(name) || OF_NODE.test(name);
  const [, family, wanted] = /^([A-Z]+)_(\d+(?:\.\d+)*)$/.exec(version.name) ?? [];
  const newest = SYSTEM_VERSIONS[family ?? ''];
  return newest !== undefined && !isNewer(wanted!, newest);
}

/** @param one,other version numbers, such as 2.34 */
function isNewer(one: string, other: string): boolean {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  const differs = left!.findIndex((part, index) => part !== (right![index] ?? 0));
  return differs !== -1 && left![differs]! > (right![differs] ?? 0);
}
