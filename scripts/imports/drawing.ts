/** Draws the imports between folders, for docs/architecture.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Import } from './read';

export const DOCUMENT = join('docs', 'architecture.md');

const BEGIN = '<!-- The drawing of imports, written by `npm run docs` -->';
const END = '<!-- End of the drawing -->';

/**
 * The folders that are drawn, in this order. Tests, scripts and measurements are left out, because they may import more.
 */
const FOLDERS: Record<string, string> = {
  'main.ts': 'main.ts',
  cli: 'cli/',
  stacks: 'stacks/',
  functions: 'functions/',
  bundling: 'bundling/',
  contract: 'contract/',
  'local-aws': 'local-aws/',
};
const LIBRARY = 'functions/lib/';

/** The document with an up-to-date drawing. */
export function withDrawing(document: string, imports: Import[]): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${DOCUMENT} lacks the lines that mark its drawing: ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${drawings(imports)}\n\n${document.slice(end)}`;
}

export function writeDrawing(root: string, imports: Import[]): void {
  const path = join(root, DOCUMENT);
  writeFileSync(path, withDrawing(readFileSync(path, 'utf8'), imports));
}

/** Two flow charts: one of the top-level folders and one of the folders in the functions' library. */
function drawings(imports: Import[]): string {
  const folders = Object.keys(FOLDERS);
  const rooms = [...new Set(imports.flatMap(({ from, to }) => [from, to]).map(libraryRoom))].sort();
  return [
    chart(
      imports,
      folders,
      (file) => file.split('/')[0]!,
      (folder) => FOLDERS[folder]!,
    ),
    'No function in `functions/` imports another one. The folders of their library import each other like this:',
    chart(
      imports,
      rooms.filter((room) => room !== ''),
      libraryRoom,
      (room) => room,
    ),
  ].join('\n\n');
}

/** Name of the folder in functions/lib/ that contains the file, or '' if it is elsewhere. */
function libraryRoom(file: string): string {
  return file.startsWith(LIBRARY) ? file.slice(LIBRARY.length).split('/')[0]! : '';
}

function chart(
  imports: Import[],
  nodes: string[],
  nodeOf: (file: string) => string,
  label: (node: string) => string,
): string {
  const arrows = imports.map(({ from, to }) => ({
    from: nodes.indexOf(nodeOf(from)),
    to: nodes.indexOf(nodeOf(to)),
  }));
  const drawn = arrows
    .filter(({ from, to }) => from >= 0 && to >= 0 && from !== to)
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to }) => `  n${from} --> n${to}`);
  const boxes = nodes.map((node, index) => `  n${index}["${label(node)}"]`);
  return ['```mermaid', 'flowchart TB', ...boxes, ...new Set(drawn), '```'].join('\n');
}
