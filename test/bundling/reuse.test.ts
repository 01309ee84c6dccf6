import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../../bundling/bundle-functions';
import { project } from './project';

const HANDLER = "import { word } from './word'; export const handler = async () => word;";
const root = project('reused', {
  'functions/plain/handler.ts': HANDLER,
  'functions/plain/word.ts': "export const word = 'one';",
  'functions/other/handler.ts': 'export const handler = async () => 2;',
});
const made = join(root, 'dist', 'local', 'made.json');

const bundle = (names = ['plain']) =>
  bundleFunctions({ root, folder: 'functions', names, target: 'local' })['plain']!;

/** When the package was written. */
const writtenAt = () => statSync(join(root, 'dist', 'local', 'plain.zip'), { bigint: true }).mtimeNs;

test('if nothing has changed, the last package is used again', () => {
  const before = bundle();
  const written = writtenAt();
  expect(bundle()).toEqual(before);
  expect(writtenAt()).toBe(written);
});

test('if more functions are needed, only the new ones are packaged', () => {
  const before = bundle();
  const written = writtenAt();
  expect(bundle(['other', 'plain'])).toEqual(before);
  expect(bundle()).toEqual(before);
  expect(writtenAt()).toBe(written);
});

test.each<[string, () => void, boolean]>([
  [
    'a source has',
    () => writeFileSync(join(root, 'functions/plain/word.ts'), "export const word = 'two';"),
    false,
  ],
  ['a package was installed', () => appendFileSync(join(root, 'package-lock.json'), ' '), true],
  ['the package was damaged', () => appendFileSync(join(root, 'dist/local/plain.zip'), ' '), true],
  ['the package was deleted', () => rmSync(join(root, 'dist/local/plain.zip')), true],
  ['the file that remembers it is truncated', () => writeFileSync(made, '{'), true],
])('if %s, it is made again', (_, change, same) => {
  const before = bundle();
  const written = writtenAt();
  change();
  const { path, sha256 } = bundle();
  expect(path).toBe(before.path);
  expect(sha256 === before.sha256).toBe(same);
  expect(writtenAt()).not.toBe(written);
});
