import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adaptedPackages } from '../../bundling/adapted-packages';
import { cachedFolder } from '../../bundling/cached-folder';
import { ROOT } from './project';

const cache = mkdtempSync(join(tmpdir(), 'cache-'));
afterAll(() => rmSync(cache, { recursive: true }));

const filled = (text: string) => (folder: string) => writeFileSync(join(folder, 'file'), text);

test('a folder is made once for each key', () => {
  const one = cachedFolder(cache, 'one', filled('first'));
  expect(cachedFolder(cache, 'one', filled('second'))).toBe(one);
  expect(readFileSync(join(one, 'file'), 'utf8')).toBe('first');
  expect(cachedFolder(cache, 'other', filled('second'))).not.toBe(one);
  expect(readdirSync(cache).sort()).toEqual(['one', 'other']);
});

test('what cannot be made whole is not there, and is made the next time', () => {
  const fail = () =>
    cachedFolder(cache, 'broken', (folder) => {
      filled('half')(folder);
      throw new Error('the disk is full');
    });
  expect(fail).toThrow('the disk is full');
  expect(existsSync(join(cache, 'broken'))).toBe(false);
  expect(readFileSync(join(cachedFolder(cache, 'broken', filled('whole')), 'file'), 'utf8')).toBe('whole');
});

test('the folder of a process that finishes first is used', () => {
  const folder = cachedFolder(cache, 'raced', (partial) => {
    filled('second')(partial);
    mkdirSync(join(cache, 'raced'));
    filled('first')(join(cache, 'raced'));
  });
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('first');
  expect(readdirSync(cache).filter((name) => name.startsWith('partial-'))).toEqual([]);
});

test('the copies of packages are as old as their last use, so that no other build removes them', () => {
  const began = Date.now();
  const [folder] = adaptedPackages(ROOT)['sharp']!.split(/[\\/]node_modules[\\/]sharp/);
  expect(statSync(folder!).mtimeMs).toBeGreaterThanOrEqual(began - 1);
});
