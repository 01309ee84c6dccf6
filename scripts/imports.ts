/**
 * Imports between the files of this project. `npm run imports` draws them into docs/architecture.md. With `--check` it
 * writes nothing, and exits with 1 if an import breaks the rules or the drawing is out of date.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problems } from './imports/check';
import { DOCUMENT, withDrawing, writeDrawing } from './imports/drawing';
import { readImports } from './imports/read';

const root = join(__dirname, '..');
const imports = readImports(root);

if (process.argv.includes('--check')) {
  const found = problems(imports);
  const document = readFileSync(join(root, DOCUMENT), 'utf8');
  if (withDrawing(document, imports) !== document) {
    found.push(`${DOCUMENT} no longer shows the imports as they are. Run: npm run docs`);
  }
  for (const problem of found) console.error(problem);
  if (found.length > 0) process.exitCode = 1;
} else {
  writeDrawing(root, imports);
}
