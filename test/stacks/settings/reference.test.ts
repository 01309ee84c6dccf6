import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { settingsJsonSchema, settingsReference } from '../../../stacks/settings/reference';

const PROJECT = join(__dirname, '../../..');
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

const examples = readdirSync(join(PROJECT, 'examples')).filter((name) => name.endsWith('.settings.json'));
test.each(['settings.json', ...examples.map((name) => join('examples', name))])(
  '%s names the schema, by which an editor completes and checks it',
  (name) => {
    const file = join(PROJECT, name);
    const { $schema } = JSON.parse(readFileSync(file, 'utf8'));
    expect(resolve(dirname(file), String($schema))).toBe(join(PROJECT, 'docs', 'settings.schema.json'));
  },
);

test('there are examples of settings', () => expect(examples.length).toBeGreaterThanOrEqual(3));
