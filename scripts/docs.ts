/** Writes the documents that are generated from code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsJsonSchema, settingsReference } from '../stacks/settings/reference';
import { openApiDocument } from './openapi/document';

const docs = join(__dirname, '..', 'docs');

writeFileSync(join(docs, 'settings.schema.json'), settingsJsonSchema());
writeFileSync(join(docs, 'settings.md'), settingsReference());
writeFileSync(join(docs, 'openapi.json'), openApiDocument());
