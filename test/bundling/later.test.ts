/** The bundles load few of Node's modules while they start (bundling/substitutes/later.mjs). */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { ENVIRONMENT } from '../../bench/cold/environment';
import { compile } from '../../bundling/compile';
import { compiledFunctions } from './compiled';
import { project, ROOT } from './project';

const NAMES = ['validate', 'store-metadata', 'notify', 'thumbnail'];

const LATER = [
  'fs/promises',
  'worker_threads',
  'zlib',
  'internal/crypto/webcrypto',
  'internal/webstreams/readablestream',
];

const root = project('later', {
  'load.cjs': `
    const before = new Set(process.moduleLoadList);
    require(process.argv[2]);
    const added = process.moduleLoadList.filter((name) => !before.has(name));
    console.log(JSON.stringify(added.map((name) => name.replace(/^NativeModule /, ''))));
    process.exit();
  `,
});

/** Runs a script in a process of its own. */
function run(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...ENVIRONMENT, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The modules of {@link LATER} that a bundle loads while it starts. */
function loaded(name: string, code: string | Uint8Array): string[] {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  const added = JSON.parse(run(join(root, 'load.cjs'), join(folder, 'index.js'))) as string[];
  expect(added).toContain('https');
  return LATER.filter((module) => added.includes(module));
}

test('the functions load none of the modules that few runs need', () => {
  const compiled = compiledFunctions();
  for (const name of NAMES) {
    expect([name, loaded(name, compiled.get(name)!.files.get('index.js')!)]).toEqual([name, []]);
  }
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ['functions/thumbnail/handler.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    external: ['sharp'],
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  expect(loaded('plain', outputFiles[0]!.text)).toEqual(LATER);
});

test('what stands for the modules does what they do', () => {
  const later = pathToFileURL(join(ROOT, 'bundling/substitutes/later.mjs'));
  const script = `
    import { createRequire } from 'node:module';
    import assert from 'node:assert/strict';
    globalThis.require = createRequire(process.cwd() + '/');
    const later = await import(${JSON.stringify(later.href)});
    const zlib = require('zlib');
    const bytes = Buffer.from('thumbnail '.repeat(99));
    for (const name of ['deflateSync', 'crc32']) {
      assert.deepEqual(later[name]?.(bytes), zlib[name]?.(bytes), name);
    }
    assert.deepEqual(later.gunzipSync(zlib.gzipSync(bytes)), bytes);
    assert.deepEqual(later.inflateRawSync(zlib.deflateRawSync(bytes)), bytes);
    assert.equal(later.constants.Z_SYNC_FLUSH, zlib.constants.Z_SYNC_FLUSH);
    assert.equal(await later.readFile(require.resolve('./package.json'), 'utf8'), require('fs').readFileSync('package.json', 'utf8'));
    const worker = new later.Worker('require("worker_threads").parentPort.postMessage(7)', { eval: true, execArgv: [] });
    assert(worker instanceof require('worker_threads').Worker);
    worker.on('message', (message) => console.log(message));
  `;
  expect(run('--input-type=module', '-e', script)).toBe('7\n');
});

test.each([
  [
    'by its name',
    "import { brotliDecompressSync } from 'node:zlib';\nexport const handler = brotliDecompressSync;",
  ],
  [
    'by a namespace',
    "import * as zlib from 'node:zlib';\nexport const handler = () => zlib.brotliDecompressSync;",
  ],
])('what they lack fails the build if it is imported %s', (how, text) => {
  const name = how.replaceAll(' ', '-');
  const other = project(`later-${name}`, { 'functions/unpack/handler.ts': text });
  expect(() => compile(other, 'functions', ['unpack'])).toThrow(/brotliDecompressSync/);
});

/** The bundles take `ReadableStream` for undefined. */
const WEB_STREAMS =
  /\b(ReadableStream|WritableStream|TransformStream|fromWeb|toWeb|transformToWebStream|Blob|fetch)\b/;

test('no function uses web streams, which the bundles do not have', () => {
  expect('Readable.toWeb(body)').toMatch(WEB_STREAMS);
  const sources = ['functions', 'contract'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(ROOT, folder, path)),
  );
  expect(sources.length).toBeGreaterThan(50);
  for (const path of sources) {
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect([path, code.match(WEB_STREAMS)?.[0]]).toEqual([path, undefined]);
  }
});
