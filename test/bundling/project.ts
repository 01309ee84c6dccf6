/** A small project in its own folder, with the packages that are installed here. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../..');

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * @param name of the project's folder
 * @param files content by path
 * @returns the project's root, removed after the tests of the file
 */
export function project(name: string, files: Record<string, string>): string {
  // Its real path, by which esbuild names files: on macOS the temporary folder is a symbolic link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  folders.push(folder);
  const root = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  for (const manifest of ['package.json', 'package-lock.json']) {
    copyFileSync(join(ROOT, manifest), join(root, manifest));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
  return root;
}
