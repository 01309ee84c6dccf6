/**
 * sharp's JavaScript made fit for a bundle. As npm installs it, it is 60 files, which take several times as long to load
 * as its native library (docs/performance.md).
 *
 * The release of sharp is pinned, and tests load what is made of it: an update that moves things fails here, by name.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SUBSTITUTES = join(__dirname, 'substitutes');

/** What stands in for which of sharp's own modules: those that look for the native library, and what builds it. */
const REPLACED: Record<string, string> = {
  'sharp.cjs': 'sharp-addon.cjs',
  'libvips.cjs': 'sharp-platform.cjs',
};

/** Where the entry of the copy stands in its folder; its place in the metafile tells that a bundle has it. */
export const SHARP_ENTRY = 'node_modules/sharp/sharp.cjs';

/**
 * Copies sharp's modules, with ours in place of some, for the time of a build: what they import besides is found in the
 * node_modules of the project.
 *
 * @param root folder of the project
 * @param build is given the path to import in place of `sharp`; undefined where sharp isn't installed
 * @throws Error when sharp is not laid out as expected
 */
export function withBundledSharp<Result>(root: string, build: (entry?: string) => Result): Result {
  const installed = find(root);
  if (!installed) return build();
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, 'partial-sharp-'));
  try {
    copy(installed, join(folder, dirname(SHARP_ENTRY)));
    return build(join(folder, SHARP_ENTRY));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder of the installed package. */
function find(root: string): string | undefined {
  try {
    return join(dirname(createRequire(join(root, 'package.json')).resolve('sharp')), '..');
  } catch {
    return undefined;
  }
}

function copy(from: string, to: string): void {
  mkdirSync(join(to, 'dist'), { recursive: true });
  for (const name of ['index.cjs', ...Object.keys(REPLACED)]) {
    if (existsSync(join(from, 'dist', name))) continue;
    throw new Error(
      `Expected dist/${name} in ${from} but found none: this release of sharp is built another way. ` +
        'Go back to the one before, or adapt bundling/bundled-sharp.ts.',
    );
  }
  for (const name of readdirSync(join(from, 'dist'))) {
    if (!name.endsWith('.cjs')) continue;
    const own = REPLACED[name];
    copyFileSync(own ? join(SUBSTITUTES, own) : join(from, 'dist', name), join(to, 'dist', name));
  }
  copyFileSync(join(from, 'package.json'), join(to, 'package.json'));
  copyFileSync(join(SUBSTITUTES, 'sharp.cjs'), join(to, 'sharp.cjs'));
}
