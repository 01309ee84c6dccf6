/** Which files of an installed package a function needs: what it runs, and the terms it is given under. */
import type { Files } from './zip';

/** Types, headers, maps, the twins of files for `import`, and folders for the command line and for building. */
const FOR_DEVELOPMENT = [
  /\.(mjs|[cm]?ts|h|map)$/,
  /(^|\/)node_modules\/((@[^/]+\/)?[^/]+)\/(bin|install|src)\//,
];

const README = /(^|\/)README\.md$/;
const LICENCE = /(^|\/)LICEN[CS]E(\.\w+)?$/;

/** @returns the files without those that are only for development. A README stays where it holds the licence. */
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
