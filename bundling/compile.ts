/** One JavaScript file for each function, with everything it imports. */

import { basename, dirname, join } from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';
import { SHARP_ENTRY, withBundledSharp } from './bundled-sharp';
import { type SourceMap, withOnly } from './source-map';
import type { Files } from './zip';

/** Its native library can't be bundled, so its installed files travel beside the bundle. */
const NATIVE_PACKAGE = 'sharp';

/** Where the SDK looks for credentials: docs/performance.md tells what that costs a cold start. */
const CREDENTIALS = '@aws-sdk/credential-provider-node';

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
  const { outputFiles, metafile } = withBundledSharp(root, (sharp) =>
    briefly(() => build(root, folder, names, sharp)),
  );
  return new Map(
    names.map((name) => {
      const files: Files = new Map(
        outputFiles
          .filter((file) => dirname(file.path) === join(root, name))
          .map((file) => [
            basename(file.path),
            file.path.endsWith('.map') ? ownMap(file, folder) : file.contents,
          ]),
      );
      const sources = Object.keys(metafile.outputs[`${name}/index.js`]!.inputs);
      const native = sources.some((source) => source.endsWith(SHARP_ENTRY));
      return [name, { files, nativePackages: native ? [NATIVE_PACKAGE] : [], sources }];
    }),
  );
}

function build(root: string, folder: string, names: string[], sharp: string | undefined) {
  return buildSync({
    absWorkingDir: root,
    entryPoints: names.map((name) => `${folder}/${name}/handler.ts`),
    // The output is never written here: the place only decides how source maps name the sources.
    outdir: root,
    outbase: folder,
    entryNames: '[dir]/index',
    write: false,
    bundle: true,
    platform: 'node',
    // The same bundles run on Lambda and, in the engine, on any Node that package.json admits.
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Some releases of npm install it on every machine; sharp reads its version if it is there.
    external: ['@img/sharp-wasm32'],
    alias: {
      [CREDENTIALS]: join(__dirname, 'substitutes', 'credentials.mjs'),
      ...(sharp && { [NATIVE_PACKAGE]: sharp }),
    },
    // As `require`: Node's import() of a built-in module reads all it exports, and of http that loads a web client.
    supported: { 'dynamic-import': false },
    minify: true,
    // Node prints the whole line of an error that nobody caught.
    lineLimit: 160,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  });
}

/** Of the project's own sources: Node reads the map on every cold start. */
function ownMap({ text }: OutputFile, folder: string): Uint8Array {
  const isOwn = (source: string) => source.split('/').includes(folder) && !source.includes('node_modules/');
  return Buffer.from(JSON.stringify(withOnly(isOwn, JSON.parse(text) as SourceMap)));
}

/** esbuild's message says it all; the object around it would fill the screen. */
function briefly<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    throw new Error((error as Error).message);
  }
}
