/** One JavaScript file for each function, with everything it imports. */

import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Files } from './zip';

/** Packages with native code: they can't be bundled, so their installed files travel beside the bundle. */
const NATIVE_PACKAGES = ['sharp'];

export interface CompiledFunction {
  /** `index.js` and its source map. */
  files: Files;
  /** Those of the native packages that the code imports. */
  nativePackages: string[];
  /** Paths of the files it was made of; those of packages hold `node_modules/`. */
  sources: string[];
}

/**
 * @param root folder of the project; source maps name files relative to it
 * @param folder below `root`; each folder in it with a `handler.ts` is a function
 * @param names folders to compile
 * @throws with the file and line of what doesn't compile
 */
export function compile(root: string, folder: string, names: string[]): Map<string, CompiledFunction> {
  const { outputFiles, metafile } = briefly(() =>
    buildSync({
      absWorkingDir: root,
      entryPoints: names.map((name) => `${folder}/${name}/handler.ts`),
      // The output is never written here: the place only decides how source maps name the sources.
      outdir: root,
      outbase: folder,
      entryNames: '[dir]/index',
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: NATIVE_PACKAGES,
      minify: true,
      keepNames: true,
      // With the sources inside, the map would be ten times the code, and Node parses it on every cold start.
      sourcemap: 'linked',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
    }),
  );
  return new Map(
    names.map((name) => {
      const files: Files = new Map(
        outputFiles
          .filter((file) => dirname(file.path) === join(root, name))
          .map((file) => [file.path.slice(join(root, name).length + 1), file.contents]),
      );
      const { inputs, imports } = metafile.outputs[`${name}/index.js`]!;
      const imported = imports.map(({ path }) => path);
      const nativePackages = NATIVE_PACKAGES.filter((native) => imported.includes(native));
      return [name, { files, nativePackages, sources: Object.keys(inputs) }];
    }),
  );
}

/** esbuild's message says it all; the object around it would fill the screen. */
function briefly<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    throw new Error((error as Error).message);
  }
}
