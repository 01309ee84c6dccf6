import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project';

interface Entry {
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};

/** Where Node would find `name` when the package at `path` requires it. */
function candidates(path: string, name: string): string[] {
  const parents = path
    .split(/(?=\/?node_modules\/)/)
    .map((_, index, parts) => parts.slice(0, index + 1).join(''));
  return ['', ...parents].map((parent) =>
    parent ? `${parent}/node_modules/${name}` : `node_modules/${name}`,
  );
}

test('the lockfile lists the binaries for every platform: npm can drop some, and then installs fail elsewhere', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !candidates(path, name).some((candidate) => candidate in packages))
      .map((name) => `${name}, needed by ${path}`),
  );
  expect(missing).toEqual([]);
});

test('sharp is among them, for Lambda and for the machines of developers', () => {
  for (const platform of ['linux-arm64', 'linux-x64', 'darwin-arm64', 'darwin-x64', 'win32-x64']) {
    expect(packages).toHaveProperty([`node_modules/@img/sharp-${platform}`]);
  }
});
