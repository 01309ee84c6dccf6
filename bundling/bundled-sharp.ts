/**
 * Prepares sharp's JavaScript for bundling. As npm installs it, it is 60 files, which take several times as long to load as
 * its native library (docs/performance.md).
 *
 * The version of sharp is pinned, and tests load the result, so an update that moves these files fails here and names the
 * file.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SUBSTITUTES = join(__dirname, 'substitutes');

/**
 * The modules of sharp that are replaced, with their replacements: those that search for the native library, and those
 * needed only to build it.
 */
const REPLACED: Record<string, string> = {
  'sharp.cjs': 'sharp-addon.cjs',
  'libvips.cjs': 'sharp-platform.cjs',
};

/** Path of the copy's entry within its folder. If the metafile lists it, the bundle contains sharp. */
export const SHARP_ENTRY = 'node_modules/sharp/sharp.cjs';

/**
 * Makes a copy of sharp's modules, with some of them replaced, for the duration of a build. Other imports are found in the
 * project's node_modules.
 *
 * @param root folder of the project
 * @param build is called with the path to import in place of `sharp`, or undefined if sharp isn't installed
 * @throws Error if the files of sharp are not where they are expected
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
      `Expected dist/${name} in ${from} but found none: this version of sharp has other files.  ` +
        'Go back to the previous version, or adapt bundling/bundled-sharp.ts.',
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
