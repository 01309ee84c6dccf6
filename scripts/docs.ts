/** Writes the documents that are generated from code: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../cli/commands';
import { withReferences } from '../cli/lib/help';
import { settingsJsonSchema, settingsReference } from '../stacks/settings/reference';
import { writeDrawing } from './imports/drawing';
import { readImports } from './imports/read';
import { openApiDocument } from './openapi/document';
import { writeTables } from './scanners/tables';

const root = join(__dirname, '..');
const docs = join(root, 'docs');

writeFileSync(join(docs, 'settings.schema.json'), settingsJsonSchema());
writeFileSync(join(docs, 'settings.md'), settingsReference());
writeFileSync(join(docs, 'openapi.json'), openApiDocument());
writeDrawing(root, readImports(root));
writeTables(root);

async function writeCommands(file: string): Promise<void> {
  writeFileSync(file, withReferences(readFileSync(file, 'utf8'), await allCommands()));
}

void writeCommands(join(docs, 'commands.md'));
