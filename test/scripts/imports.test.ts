import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { problemOf, problems } from '../../scripts/imports/check';
import { findCycles } from '../../scripts/imports/cycles';
import { DOCUMENT, withDrawing } from '../../scripts/imports/drawing';
import { readImports, specifiers } from '../../scripts/imports/read';

const root = join(__dirname, '../..');
const imports = readImports(root);

/** An import on line 1. */
const link = (from: string, to: string) => ({ from, line: 1, to });

test('no import of this project breaks the rules, and no files import each other in a circle', () => {
  expect(imports.length).toBeGreaterThan(1000);
  expect(problems(imports)).toEqual([]);
});

test('docs/architecture.md draws the imports as they are: run `npm run docs`', () => {
  const document = readFileSync(join(root, DOCUMENT), 'utf8');
  expect(document).toBe(withDrawing(document, imports));
});

test('every way to import a file is seen, with its line', () => {
  const source = [
    '// A comment – of more bytes than characters.',
    "import type { A } from './a';",
    "export { b } from './b';",
    "export * from './c';",
    "const d: import('./d').D = await import('./e');",
    "import f = require('./f');",
    "const g = require('./g'), path = require.resolve('./h');",
    "jest.mock('./i');",
    "const text = './not-imported'; console.log('./nor-this');",
  ].join('\n');
  expect(specifiers(source)).toEqual([
    { name: './a', line: 2 },
    { name: './b', line: 3 },
    { name: './c', line: 4 },
    { name: './d', line: 5 },
    { name: './e', line: 5 },
    { name: './f', line: 6 },
    { name: './g', line: 7 },
    { name: './h', line: 7 },
    { name: './i', line: 8 },
  ]);
});

test('an import is resolved to the file that is loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imports-'));
  const files = {
    'a/index.ts': '',
    'b.cjs': '',
    'c/d.ts': "import '../a'; import '../b.cjs'; import '../b';\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const found = readImports(folder, Object.keys(files)).map(({ to }) => to);
  rmSync(folder, { recursive: true });
  expect(found).toEqual(['a/index.ts', 'b.cjs', 'b.cjs']);
});

test.each([
  ['contract/record.ts', 'functions/lib/records/record.ts'],
  ['functions/render/render.ts', 'functions/thumbnail/thumbnail.ts'],
  ['functions/lib/prescan/png.ts', 'functions/lib/image/image.ts'],
  ['functions/notify/notify.ts', 'stacks/settings/schema.ts'],
  ['stacks/functions/notify.ts', 'functions/notify/notify.ts'],
  ['stacks/settings/rules.ts', 'stacks/state-machine/definition.ts'],
  ['bundling/zip.ts', 'contract/errors.ts'],
  ['local-aws/engine.ts', 'contract/errors.ts'],
  ['local-aws/engine.ts', 'cli/lib/session.ts'],
  ['cli/start/command.ts', 'local-aws/s3/store/bucket.ts'],
  ['cli/start/command.ts', 'stacks/settings/schema.ts'],
  ['cli/start/command.ts', 'functions/notify/notify.ts'],
  ['test/local-aws/engine.test.ts', 'contract/errors.ts'],
  ['main.ts', 'cli/start/command.ts'],
])('%s may not import %s', (from, to) => {
  expect(problemOf(link(from, to))).toContain(`${from}:1 imports ${to}`);
});

test.each([
  ['functions/notify/handler.ts', 'functions/notify/notify.ts'],
  ['functions/notify/handler.ts', 'functions/lib/runtime/task.ts'],
  ['functions/notify/handler.ts', 'contract/errors.ts'],
  ['stacks/monitoring/alarms.ts', 'stacks/catalogue/entry.ts'],
  ['cli/start/command.ts', 'cli/lib/session.ts'],
  ['cli/start/command.ts', 'local-aws/index.ts'],
  ['main.ts', 'stacks/settings/schema.ts'],
])('%s may import %s', (from, to) => {
  expect(problemOf(link(from, to))).toBeUndefined();
});

test('a folder without a rule is refused', () => {
  expect(problemOf(link('elsewhere/a.ts', 'elsewhere/b.ts'))).toContain('folder without a rule');
});

test('circles are found, also that of a file with itself, and a tree has none', () => {
  const tree = [link('a', 'b'), link('a', 'c'), link('b', 'c')];
  expect(findCycles(tree)).toEqual([]);
  expect(findCycles([...tree, link('c', 'b'), link('d', 'd')])).toEqual([['b', 'c'], ['d']]);
  expect(problems([link('bundling/a.ts', 'bundling/b.ts'), link('bundling/b.ts', 'bundling/a.ts')])).toEqual([
    expect.stringContaining('bundling/a.ts, bundling/b.ts'),
  ]);
});

test('every forbidden import is reported', () => {
  const found = [link('bundling/a.ts', 'contract/b.ts'), link('contract/c.ts', 'bundling/a.ts')];
  expect(problems(found)).toEqual([
    expect.stringContaining('bundling/a.ts:1'),
    expect.stringContaining('contract/c.ts:1'),
  ]);
});
