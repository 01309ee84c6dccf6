/** The project's functions, bundled in two ways: by bundling/, and as the first results of a web search suggest. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { unzipSync } from 'fflate';
import { bundleFunctions } from '../../bundling/bundle-functions';

export const ROOT = path.join(__dirname, '../..');

export interface Bundle {
  /** The file to load. */
  file: string;
}

/** Gives the bundles the packages that they leave out, as installed here. */
export function prepare(folder: string): void {
  installed(folder);
}

function installed(folder: string): void {
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
}

/** What is deployed, but with this machine's native library. */
export function ours<Name extends string>(folder: string, names: readonly Name[]): Record<Name, Bundle> {
  const packages = bundleFunctions({ root: ROOT, folder: 'functions', names, target: 'local' });
  return each(names, (name) => {
    const place = path.join(folder, 'ours', name);
    mkdirSync(place, { recursive: true });
    for (const [file, bytes] of Object.entries(unzipSync(readFileSync(packages[name].path)))) {
      writeFileSync(path.join(place, file), bytes);
    }
    // On Lambda, sharp is in the package.
    if (name === 'thumbnail') installed(place);
    return { file: path.join(place, 'index.js') };
  });
}

/**
 * esbuild's defaults, as an ES module: the SDK is in the bundle, and sharp is installed next to it by npm. The banner is
 * there because the SDK would not start without `require`, and our own code uses `__dirname`. There is no source map, which would make it even slower.
 */
export function stock<Name extends string>(folder: string, names: readonly Name[]): Record<Name, Bundle> {
  return each(names, (name) => {
    const file = path.join(folder, 'stock', name, 'index.mjs');
    buildSync({
      absWorkingDir: ROOT,
      entryPoints: [`functions/${name}/handler.ts`],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['sharp'],
      banner: {
        js: [
          "import { createRequire } from 'node:module';",
          'const require = createRequire(import.meta.url);',
          'const __dirname = import.meta.dirname;',
        ].join('\n'),
      },
      logLevel: 'error',
    });
    return { file };
  });
}

function each<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
