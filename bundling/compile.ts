/** Compiles each function into one JavaScript file with everything it imports. */

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildSync, type OutputFile } from 'esbuild';
import { adaptedPackages, asInstalled } from './adapted-packages';
import { SHARP_ENTRY } from './adapted-sharp';
import { type SourceMap, withOnly } from './source-map';
import type { Files } from './zip';

/** Their native library can't be bundled, so their installed files go into the package next to the bundle. */
const NATIVE_PACKAGE = 'sharp';

/** What a function loads while it runs, if its settings need it: from files of its package, or from Lambda's runtime. */
const LOADED = ['libheif-js', '@aws-sdk/client-ssm'];

/** What is imported in place of modules that cost a cold start more than they do for a function (docs/performance.md). */
const SUBSTITUTES = {
  '@aws-sdk/credential-provider-node': 'credentials.mjs',
  '@smithy/core/event-streams': 'event-streams.mjs',
  '@aws-sdk/endpoint-cache': 'endpoint-cache.mjs',
  '@img/colour': 'colour.cjs',
  'node:fs/promises': 'later.mjs',
  'node:worker_threads': 'later.mjs',
  'node:zlib': 'later.mjs',
};

const substitutes = Object.fromEntries(
  Object.entries(SUBSTITUTES).map(([name, file]) => [name, join(__dirname, 'substitutes', file)]),
);

export interface CompiledFunction {
  /** `index.js` and its source map. */
  files: Files;
  /** The native packages that the code imports. */
  nativePackages: string[];
  /** Paths of the files it was made from; those of packages contain `node_modules/`. */
  sources: string[];
}

/**
 * @param project folder of the project; source maps name files relative to it
 * @param folder below `project`; each folder in it with a `handler.ts` is a function
 * @param names folders to compile
 * @throws with the file and line of what doesn't compile
 */
export function compile(project: string, folder: string, names: string[]): Map<string, CompiledFunction> {
  // esbuild names files by their real paths.
  const root = realpathSync(project);
  const adapted = adaptedPackages(root);
  const { outputFiles, metafile } = briefly(() => build(root, folder, names, adapted));
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
      const sources = Object.keys(metafile.outputs[`${name}/index.js`]!.inputs).map(asInstalled);
      const native = sources.some((source) => source.endsWith(SHARP_ENTRY));
      return [name, { files, nativePackages: native ? [NATIVE_PACKAGE] : [], sources }];
    }),
  );
}

function build(root: string, folder: string, names: string[], adapted: Record<string, string>) {
  return buildSync({
    absWorkingDir: root,
    entryPoints: names.map((name) => `${folder}/${name}/handler.ts`),
    // Nothing is written here: the path only decides how source maps name the sources.
    outdir: root,
    outbase: folder,
    entryNames: '[dir]/index',
    write: false,
    bundle: true,
    platform: 'node',
    // The same bundles run on Lambda and, in the engine, on every Node version that package.json allows.
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Some versions of npm install it on every machine; sharp reads its version if it is there.
    external: ['@img/sharp-wasm32', ...LOADED],
    alias: { ...adapted, ...substitutes },
    banner: { js: `const nodeCrypto=require("node:crypto");${stackTraces()}` },
    // The SDK asks whether it was given a web stream, and only to ask loads all that Node has for them. No function uses any.
    // And it takes random ids from the global `crypto`, which loads Web Crypto; the module has the same function.
    define: { ReadableStream: 'undefined', crypto: 'nodeCrypto' },
    // A name that a substitute lacks must fail here, not in a function.
    logOverride: { 'import-is-undefined': 'error' },
    // Use `require`, because import() of a built-in module evaluates all its exports, which for http loads a web client.
    supported: { 'dynamic-import': false },
    minify: true,
    // Node prints the whole source line of an uncaught error, so lines must be short.
    lineLimit: 160,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  });
}

/** What each bundle begins with, as one statement. */
function stackTraces(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'stack-traces.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    lineLimit: 160,
  });
  return `(()=>{${outputFiles[0]!.text}})();`;
}

/** Keep only the project's own sources in the map: nine tenths of it would describe packages. */
function ownMap({ text }: OutputFile, folder: string): Uint8Array {
  const isOwn = (source: string) => source.split('/').includes(folder) && !source.includes('node_modules/');
  return Buffer.from(JSON.stringify(withOnly(isOwn, JSON.parse(text) as SourceMap)));
}

/** esbuild's message says everything; the rest of the error object would fill the screen. */
function briefly<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    throw new Error((error as Error).message);
  }
}
