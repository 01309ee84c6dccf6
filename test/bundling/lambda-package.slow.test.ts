/** What is deployed to Lambda. Its modules come from the npm registry. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { strFromU8 } from 'fflate';
import { requireLoadable } from '../../bundling/native';
import { bundle, unzip } from './bundle';
import { ROOT } from './project';

const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/sharp/package.json'), 'utf8'));
const registry = spawnSync('npm', ['view', `sharp@${version}`, 'version'], {
  shell: process.platform === 'win32',
  timeout: 20_000,
});
if (registry.status !== 0) {
  console.warn('Skipped the linux-arm64 package: it needs the npm registry, which is not reachable.');
}

(registry.status === 0 ? describe : describe.skip)('a package for Lambda', () => {
  let packages: ReturnType<typeof bundle>;
  beforeAll(() => {
    packages = bundle('lambda');
  }, 180_000);

  test('is the same as for this machine if the code does not use sharp', () => {
    expect(packages.plain.sha256).toBe(bundle('local').plain.sha256);
  });

  test('contains sharp and its library for linux-arm64, and no other package of this project', () => {
    const names = Object.keys(unzip(packages.image.path));
    const modules = new Set(
      names
        .filter((name) => name.startsWith('node_modules/'))
        .map((name) => name.match(/node_modules\/((@[^/]+\/)?[^/]+)/)![1]),
    );
    expect([...modules].sort()).toEqual(
      expect.arrayContaining([
        '@img/sharp-libvips-linux-arm64',
        '@img/sharp-linux-arm64',
        'detect-libc',
        'sharp',
      ]),
    );
    for (const name of modules) expect(name).toMatch(/^(@img\/|sharp$|detect-libc$|semver$)/);
    expect(names.filter((name) => name.endsWith('.node')).join()).toMatch(/sharp-linux-arm64/);
    expect(names.some((name) => /libvips-cpp\.so/.test(name))).toBe(true);
  });

  test('has the addon where sharp looks for it', () => {
    const files = unzip(packages.image.path);
    const { exports } = JSON.parse(strFromU8(files['node_modules/@img/sharp-linux-arm64/package.json']!));
    const entry = posix.join('node_modules/@img/sharp-linux-arm64', exports['./sharp.node']);
    const [, addon] = /require\('(\.\/lib\/[^']+\.node)'\)/.exec(strFromU8(files[entry]!))!;
    expect(Object.keys(files)).toContain(posix.join(posix.dirname(entry), addon!));
    expect(strFromU8(files['index.js']!)).toContain('/sharp.node`');
  });

  test('is at most 9 MB', () => {
    expect(readFileSync(packages.image.path).length).toBeLessThan(9e6);
  });

  test('contains the versions of the lockfile', () => {
    const files = unzip(packages.image.path);
    expect(JSON.parse(strFromU8(files['node_modules/sharp/package.json']!)).version).toBe(version);
  });

  test('has the same bytes on every run', () => {
    expect(bundle('lambda')).toEqual(packages);
  });

  describe('with one fault is refused:', () => {
    const addon = () => Object.keys(files).find((path) => path.endsWith('.node'))!;
    const library = () => Object.keys(files).find((path) => path.includes('libvips-cpp.so'))!;
    let whole: Record<string, Uint8Array>;
    let files: Record<string, Uint8Array>;
    beforeAll(() => {
      whole = unzip(packages.image.path);
    });
    beforeEach(() => {
      files = { ...whole };
    });
    const check = () => requireLoadable('image', new Map(Object.entries(files)));

    /** The same file with the first `from` in it replaced by `to`, which is as long. */
    function patch(path: string, from: string, to: string): void {
      const bytes = Buffer.from(files[path]!);
      bytes.write(to, bytes.indexOf(`\0${from}\0`) + 1, 'latin1');
      files[path] = bytes;
    }

    test('nothing', () => {
      expect(check).not.toThrow();
    });

    test('libvips is missing', () => {
      delete files[library()];
      expect(check).toThrow(
        /^Expected to find libvips-cpp\.so\.\S+, which \S+\.node needs, but it is not where/,
      );
    });

    test('libvips is of a version without a function that sharp calls', () => {
      patch(library(), 'vips_cache_set_max', 'vips_cache_set_min');
      expect(check).toThrow(/^Expected the symbol vips_cache_set_max, which \S+\.node needs, in any library/);
    });

    test('libvips needs a newer glibc', () => {
      patch(library(), 'GLIBC_2.28', 'GLIBC_2.38');
      expect(check).toThrow(/needs, in GLIBC_2\.38 of libc\.so\.6 but it is missing/);
    });

    test('sharp has no entry for Node', () => {
      patch(addon(), 'napi_register_module_v1', 'napi_register_module_v2');
      expect(check).toThrow(/to have the function napi_register_module_v1 but it does not/);
    });

    test('sharp is for another processor', () => {
      files[addon()] = Uint8Array.from(files[addon()]!).fill(62, 18, 19);
      expect(check).toThrow(/to be built for linux-arm64 but it is not/);
    });
  });
});
