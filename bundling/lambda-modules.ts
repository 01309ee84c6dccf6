/** Installs the locked dependencies for Lambda on linux-arm64, on any operating system. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, PARTIAL } from './cached-folder';

const MANIFESTS = ['package.json', 'package-lock.json'];

/**
 * Only what is shipped, for Lambda's platform, without install scripts, and without `.bin`, because Lambda refuses links.
 */
const NPM_CI = [
  ...['ci', '--omit=dev', '--os=linux', '--cpu=arm64', '--libc=glibc'],
  ...['--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund'],
];

/**
 * Installs the `dependencies` of the root lockfile for linux-arm64, once for each lockfile.
 *
 * @param root folder of package.json and package-lock.json
 * @param cache folder that keeps the tree between runs
 * @returns folder that holds `node_modules`
 * @throws with npm's own message if npm can't install it
 */
export function installLambdaModules(root: string, cache: string): string {
  const stale = existsSync(cache) ? readdirSync(cache) : [];
  const installed = cachedFolder(cache, keyOf(root), (folder) => {
    for (const name of MANIFESTS) copyFileSync(join(root, name), join(folder, name));
    // The project's .npmrc may name a registry.
    if (existsSync(join(root, '.npmrc'))) copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
    npmCi(folder);
  });
  for (const name of stale) {
    if (name.startsWith(PARTIAL) || join(cache, name) === installed) continue;
    rmSync(join(cache, name), { recursive: true, force: true });
  }
  return installed;
}

function keyOf(root: string): string {
  const hash = createHash('sha256');
  for (const name of MANIFESTS) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex').slice(0, 16);
}

function npmCi(folder: string): void {
  const windows = process.platform === 'win32';
  try {
    execFileSync(windows ? 'npm.cmd' : 'npm', NPM_CI, { cwd: folder, shell: windows, stdio: 'pipe' });
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim() || (error as Error).message;
    throw new Error(
      `Expected npm to install the dependencies for linux-arm64 but it failed. Is the registry reachable? ` +
        `A deploy needs it once for each package-lock.json. npm said:\n${said}`,
    );
  }
}
