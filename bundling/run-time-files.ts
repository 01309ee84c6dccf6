/** Picks the files of an installed package that a function needs: its code and its licence. */
import type { Files } from './zip';

/** Types, C headers, source maps, the ES module copies of files, and folders for the command line and for building. */
const FOR_DEVELOPMENT = [
  /\.(mjs|[cm]?ts|h|map)$/,
  /(^|\/)node_modules\/((@[^/]+\/)?[^/]+)\/(bin|install|src)\//,
];

const README = /(^|\/)README\.md$/;
const LICENCE = /(^|\/)LICEN[CS]E(\.\w+)?$/;

/** @returns the files without those that are only for development. A README stays if it contains the licence. */
export function runTimeFiles(files: Files): Files {
  const paths = [...files.keys()];
  const licensed = new Set(paths.filter((path) => LICENCE.test(path)).map(folderOf));
  const needed = paths.filter(
    (path) =>
      !FOR_DEVELOPMENT.some((pattern) => pattern.test(path)) &&
      !(README.test(path) && licensed.has(folderOf(path))),
  );
  return new Map(needed.map((path) => [path, files.get(path)!]));
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
