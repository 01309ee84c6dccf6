import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { type BundleTarget, bundleFunctions, bundleTarget } from '../../bundling/bundle-functions';
import { requireLoadable } from '../../bundling/native';
import { project, ROOT } from './project';

const SOURCES = {
  'functions/plain/handler.ts': `
    import { greet } from './greet';
    export const handler = async (name: string) => greet(name);
  `,
  'functions/plain/greet.ts': `
    export function greet(name: string): string {
      if (name === '') throw new Error('nobody');
      return 'hello ' + name;
    }
  `,
  'functions/image/handler.ts': `
    import sharp from 'sharp';
    export const handler = async () =>
      (await sharp({ create: { width: 3, height: 2, channels: 3, background: '#fff' } }).png().toBuffer()).length;
  `,
};

const root = project('plain', SOURCES);

function bundle(target: BundleTarget, from = root) {
  return bundleFunctions({ root: from, folder: 'functions', names: ['plain', 'image'], target });
}

const unzip = (path: string) => unzipSync(readFileSync(path));

/** @returns a folder that contains nothing but the unpacked package */
function unpacked(zip: string): string {
  const folder = join(dirname(zip), `unzipped-${createHash('sha256').update(zip).digest('hex').slice(0, 8)}`);
  for (const [path, bytes] of Object.entries(unzip(zip))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Runs a package as Lambda does. */
function invoke(zip: string, event: unknown, env: NodeJS.ProcessEnv = {}) {
  const folder = unpacked(zip);
  const script = `require('./index.js').handler(${JSON.stringify(event)}).then(console.log, (e) => console.log(e.stack))`;
  return execFileSync(process.execPath, ['-e', script], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
}

describe('a package for this machine', () => {
  const packages = bundle('local');

  test('contains only the code and its source map, and runs', () => {
    expect(Object.keys(unzip(packages.plain.path))).toEqual(['index.js', 'index.js.map']);
    expect(invoke(packages.plain.path, 'you')).toBe('hello you\n');
  });

  describe('with sharp', () => {
    const NODE_PATH = join(ROOT, 'node_modules');
    const platform = `@img/sharp-${process.platform}-${process.arch}`;

    test('finds its native library through NODE_PATH', () => {
      expect(Object.keys(unzip(packages.image.path))).toEqual(['index.js', 'index.js.map']);
      expect(Number(invoke(packages.image.path, {}, { NODE_PATH }))).toBeGreaterThan(60);
    });

    /** The files that a run of it loads. */
    function loaded(env: NodeJS.ProcessEnv): string {
      const cwd = unpacked(packages.image.path);
      const script =
        "require(process.cwd() + '/index.js').handler().then(() => console.log(Object.keys(require.cache).join()))";
      return execFileSync(process.execPath, ['-e', script], { cwd, env, encoding: 'utf8' }).replaceAll(
        '\\',
        '/',
      );
    }

    test('loads nothing of sharp but the native library', () => {
      const files = loaded({ ...process.env, NODE_PATH });
      expect(files).toContain(platform);
      expect(files).not.toContain('node_modules/sharp/');
    });

    test('falls back on sharp as npm installed it if the library does not load at once', () => {
      const preload = join(root, 'broken.cjs');
      writeFileSync(
        preload,
        `const { Module } = require('node:module');
         const { _load } = Module;
         Module._load = (name, parent, main) => {
           if (name === '${platform}/sharp.node' && !parent.filename.includes('node_modules')) throw new Error('not this time');
           return _load(name, parent, main);
         };`,
      );
      const files = loaded({ ...process.env, NODE_PATH, NODE_OPTIONS: `--require "${preload}"` });
      expect(files).toContain('node_modules/sharp/dist/sharp.cjs');
    });
  });

  test('names the TypeScript file and line in a stack trace', () => {
    expect(invoke(packages.plain.path, '')).toMatch(/functions[\\/]plain[\\/]greet\.ts:3:/);
  });

  test('comes with the hash that Lambda reports', () => {
    const digest = createHash('sha256').update(readFileSync(packages.plain.path)).digest('base64');
    expect(packages.plain.sha256).toBe(digest);
  });
});

describe('files that a function loads while it runs', () => {
  const extra = (files: Record<string, string>) => ({ label: 'more', functions: ['plain'], files });
  const bundleWith = (files: Record<string, string>) =>
    bundleFunctions({
      root,
      folder: 'functions',
      names: ['plain', 'image'],
      extras: [extra(files)],
      target: 'local',
    });

  test('go into its package alone, and leave the one without them as it is', () => {
    const before = bundle('local');
    const code = readFileSync(before.plain.path);
    const after = bundleWith({ 'words/greet.ts': 'functions/plain/greet.ts' });
    expect(after.image).toEqual(before.image);
    expect(Object.keys(unzip(after.plain.path))).toEqual(['index.js', 'index.js.map', 'words/greet.ts']);
    expect(readFileSync(before.plain.path)).toEqual(code);
    expect(bundle('local')).toEqual(before);
  });

  test('may not come from a devDependency', () => {
    const path = 'node_modules/jsep/package.json';
    expect(() => bundleWith({ [path]: path })).toThrow(
      /in the package of plain but found node_modules\/jsep, which is one for development/,
    );
  });
});

describe('the bytes of a package', () => {
  test('are the same on every run, whenever the sources were written', () => {
    const before = bundle('local');
    rmSync(join(root, 'dist'), { recursive: true });
    const later = new Date(Date.now() + 86_400_000);
    for (const path of Object.keys(SOURCES)) utimesSync(join(root, path), later, later);
    expect(bundle('local')).toEqual(before);
  });

  test('are the same in another folder, with a space in its path', () => {
    const elsewhere = project('with a space', SOURCES);
    const hashes = (from: string) => Object.values(bundle('local', from)).map(({ sha256 }) => sha256);
    expect(hashes(elsewhere)).toEqual(hashes(root));
  });

  test('are the same through a symbolic link to the project', () => {
    const link = join(dirname(root), 'link');
    symlinkSync(root, link, 'junction');
    const { plain } = bundle('local');
    rmSync(join(root, 'dist'), { recursive: true });
    expect(bundle('local', link).plain.sha256).toBe(plain.sha256);
  });

  test('are the same whether or not npm installed the WebAssembly build of sharp', () => {
    const place = 'dist/node_modules/@img/sharp-wasm32';
    const manifest = { name: '@img/sharp-wasm32', exports: { './versions': './versions.json' } };
    const withBuild = project('wasm', {
      ...SOURCES,
      [`${place}/package.json`]: JSON.stringify(manifest),
      [`${place}/versions.json`]: '{"vips":"0.0.0"}',
    });
    expect(bundle('local', withBuild).image.sha256).toBe(bundle('local').image.sha256);
  });

  test('are the same in another time zone', () => {
    const script = `
      import { packageFiles } from ${JSON.stringify(join(ROOT, 'bundling/zip'))};
      console.log(Buffer.from(packageFiles('f', new Map([['a', Buffer.from('x')]]))).toString('hex'));
    `;
    const file = join(root, 'zone.ts');
    writeFileSync(file, script);
    const zip = (TZ: string) =>
      execFileSync(process.execPath, ['--import', 'tsx', file], {
        cwd: ROOT,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
    expect(zip('Pacific/Kiritimati')).toBe(zip('America/Los_Angeles'));
  });
});

test('code that does not compile is named with its line', () => {
  const broken = project('broken', { 'functions/plain/handler.ts': "import './missing';" });
  expect(() =>
    bundleFunctions({ root: broken, folder: 'functions', names: ['plain'], target: 'local' }),
  ).toThrow(/functions\/plain\/handler\.ts:1:7: ERROR: Could not resolve "\.\/missing"/);
});

test('an import of a devDependency is refused, because it would be shipped', () => {
  const careless = project('careless', {
    'functions/plain/handler.ts': "import jsep from 'jsep'; export const handler = async () => jsep;",
  });
  expect(() =>
    bundleFunctions({ root: careless, folder: 'functions', names: ['plain'], target: 'local' }),
  ).toThrow(/in the package of plain but found node_modules\/jsep, which is one for development/);
});

test('an unknown target is refused', () => {
  expect(bundleTarget(undefined)).toBe('lambda');
  expect(() => bundleTarget('moon')).toThrow(
    'Expected "lambda" or "local" for BUNDLE_FOR but received "moon".',
  );
});

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
