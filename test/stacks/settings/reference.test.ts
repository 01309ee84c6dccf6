import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsJsonSchema, settingsReference } from '../../../stacks/settings/reference';

const docs = (name: string) => readFileSync(join(__dirname, '../../../docs', name), 'utf8');

test('docs/settings.md is up to date: run `npm run docs`', () => {
  expect(docs('settings.md')).toBe(settingsReference());
});

test('docs/settings.schema.json is up to date: run `npm run docs`', () => {
  expect(docs('settings.schema.json')).toBe(settingsJsonSchema());
});

test('every setting is explained', () => {
  const rows = settingsReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) expect(row).toMatch(/ \| [^|]{10,} \|$/);
});
