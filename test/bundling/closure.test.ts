import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dependencyClosure, readPackages } from '../../bundling/closure';

const root = mkdtempSync(join(tmpdir(), 'tree-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function install(path: string, manifest: object = {}): void {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, 'package.json'), JSON.stringify(manifest));
}

install('node_modules/image', {
  dependencies: { shared: '1', '@scope/colour': '1', 'image-linux': '1' },
  optionalDependencies: { 'image-linux': '1', 'image-darwin': '1' },
});
install('node_modules/image/node_modules/shared', { dependencies: { deep: '1' } });
install('node_modules/shared');
install('node_modules/deep', { dependencies: { image: '1' } });
install('node_modules/@scope/colour');
install('node_modules/image-linux');
install('node_modules/unrelated');
install('node_modules/broken', { dependencies: { absent: '1' } });
install('node_modules/linked');

const closure = (...names: string[]) =>
  dependencyClosure(root, names).map((folder) => relative(root, folder).replace(/\\/g, '/'));

test('contains the nearest copy of each package that is needed, once, and nothing else', () => {
  expect(closure('image')).toEqual([
    'node_modules/@scope/colour',
    'node_modules/deep',
    'node_modules/image',
    'node_modules/image-linux',
    'node_modules/image/node_modules/shared',
  ]);
});

test('leaves out an optional dependency for another platform', () => {
  expect(closure('image').join()).not.toContain('darwin');
});

test('names a required package that is not installed', () => {
  expect(() => closure('broken')).toThrow(/Expected package absent, needed by .*broken, below/);
});

test('is read file by file, with nested packages only where they belong to it', () => {
  const files = [...readPackages(root, dependencyClosure(root, ['image'])).keys()].sort();
  expect(files).toContain('node_modules/image/node_modules/shared/package.json');
  expect(files).toHaveLength(5);
});

test('refuses a symbolic link, which Lambda would refuse later', () => {
  symlinkSync(join(root, 'node_modules/shared/package.json'), join(root, 'node_modules/linked/link.json'));
  expect(() => readPackages(root, dependencyClosure(root, ['linked']))).toThrow(
    /Expected regular files in a deployment package but .*link\.json is a symbolic link\./,
  );
});
