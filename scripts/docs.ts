/** Writes the documents that are generated from code: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../cli/commands';
import { withReferences } from '../cli/lib/help';
import { settingsJsonSchema, settingsReference } from '../stacks/settings/reference';
import { callsIn, withCalls } from './calls/table';
import type { Stack } from './changes/difference';
import { withChanges } from './changes/table';
import { withDeployer } from './deployer/document';
import { EVERY_FUNCTION, EVERYTHING, STANDARD } from './everything';
import { writeDrawing } from './imports/drawing';
import { readImports } from './imports/read';
import { withSamples } from './messages/samples';
import { openApiDocument } from './openapi/document';
import { writeTables } from './scanners/tables';
import { synthesizeNow } from './synthesize';

const root = join(__dirname, '..');
const docs = join(root, 'docs');

writeFileSync(join(docs, 'settings.schema.json'), settingsJsonSchema());
writeFileSync(join(docs, 'settings.md'), settingsReference());
writeFileSync(join(docs, 'openapi.json'), openApiDocument());
writeFileSync(join(docs, 'messages.md'), withSamples(readFileSync(join(docs, 'messages.md'), 'utf8')));
writeDrawing(root, readImports(root));
writeTables(root);

const [deploy, security] = [join(docs, 'deploy.md'), join(docs, 'security.md')];
const synthesized = (settings: Record<string, unknown>) => JSON.parse(synthesizeNow(settings)) as Stack;
writeFileSync(
  deploy,
  withDeployer(
    withChanges(readFileSync(deploy, 'utf8'), synthesized),
    synthesized(STANDARD),
    EVERYTHING.map(synthesized),
  ),
);

writeFileSync(
  security,
  withCalls(readFileSync(security, 'utf8'), callsIn(root, synthesized(EVERY_FUNCTION))),
);

async function writeCommands(file: string): Promise<void> {
  writeFileSync(file, withReferences(readFileSync(file, 'utf8'), await allCommands()));
}

void writeCommands(join(docs, 'commands.md'));
