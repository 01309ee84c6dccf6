import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installLambdaModules } from '../../bundling/lambda-modules';

const folder = mkdtempSync(join(tmpdir(), 'modules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cache = join(folder, 'cache');

/** A project whose lockfile names one package, or none. */
function lock(dependency?: { resolved: string }): void {
  const dependencies = dependency ? { absent: '1.0.0' } : {};
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'p', version: '1.0.0', dependencies }));
  const packages = {
    '': { name: 'p', version: '1.0.0', dependencies },
    ...(dependency ? { 'node_modules/absent': { version: '1.0.0', ...dependency } } : {}),
  };
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'p', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  );
}

test('a lockfile is installed once, and the tree of the previous lockfile is removed', () => {
  lock();
  const first = installLambdaModules(folder, cache);
  writeFileSync(join(first, 'mark'), '');
  expect(installLambdaModules(folder, cache)).toBe(first);
  expect(existsSync(join(first, 'mark'))).toBe(true);

  writeFileSync(join(folder, 'package.json'), '{ "name": "p", "version": "1.0.0", "dependencies": {} }');
  const second = installLambdaModules(folder, cache);
  expect(second).not.toBe(first);
  expect(readdirSync(cache)).toHaveLength(1);
}, 60_000);

test('if npm fails, the message says why npm was run and what it printed, and nothing half-installed stays', () => {
  lock({ resolved: `file:${join(folder, 'absent.tgz')}` });
  expect(() => installLambdaModules(folder, cache)).toThrow(
    /^Expected npm to install the dependencies for linux-arm64 but it failed\. Is the registry reachable\?[\s\S]*absent\.tgz/,
  );
  expect(readdirSync(cache).filter((name) => name.startsWith('partial-'))).toEqual([]);
}, 60_000);
