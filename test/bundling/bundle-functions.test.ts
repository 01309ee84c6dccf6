import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFunctions, bundleTarget } from '../../bundling/bundle-functions';
import { bundle, root, SOURCES, unzip } from './bundle';
import { project, ROOT } from './project';

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
