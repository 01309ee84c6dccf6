import { readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';

/**
 * Writes the arrow functions of modules as ordinary ones. V8 parses an arrow function of a bundle in full while it loads the
 * bundle, and once more when it is called; an ordinary one is skipped until then. esbuild gets some wrong that use `this` or
 * `super`, so a module that has any is left as it is.
 *
 * @param folder that holds all of them
 * @param files their paths; they are written again
 */
export function replaceArrows(folder: string, files: string[]): void {
  const entryPoints = files.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return text.includes('=>') && !/\b(this|super|class|arguments|new\.target)\b/.test(text);
  });
  // All at once: one call for each of the several hundred takes seconds.
  buildSync({
    entryPoints,
    outdir: folder,
    outbase: folder,
    allowOverwrite: true,
    bundle: false,
    format: 'esm',
    target: 'node20',
    supported: { arrow: false },
    logLevel: 'error',
  });
}
