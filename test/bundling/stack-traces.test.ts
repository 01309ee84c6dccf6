/** A bundle reads its source map for the first stack trace, and names the same lines as Node with `--enable-source-maps`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { compile } from '../../bundling/compile';
import { project } from './project';

/** Each function throws in another place. */
const SOURCES = {
  'functions/deep/handler.ts': `
    import { check } from './check';
    const twice = (value: number): number => check(value) * 2;
    export const handler = async (values: number[]) => {
      await new Promise(setImmediate);
      return values.map((value) => twice(value));
    };
  `,
  'functions/deep/check.ts': `
    /** An error of its own class. */
    export class OutOfRange extends Error {
      override readonly name = 'OutOfRange';
    }
    export function check(value: number): number {
      if (value > 1) throw new OutOfRange(
        \`Expected at most 1 but received \${value}\`,
        { cause: new Error('because') },
      );
      return value;
    }
  `,
  'functions/init/handler.ts': `
    import { settings } from './settings';
    export const handler = async () => settings;
  `,
  'functions/init/settings.ts': `
    function read(name: string): string {
      const value = process.env[name];
      if (!value) throw new Error('Expected ' + name);
      return value;
    }

    export const settings = { missing: read('MISSING_VARIABLE') };
  `,
  'functions/node/handler.ts': `
    import { readFileSync } from 'node:fs';
    class Files {
      read(path: string): Buffer {
        return readFileSync(path);
      }
      open(path: unknown): Buffer {
        return readFileSync(path as string);
      }
    }
    export const handler = async (path: unknown) => {
      const files = new Files();
      return typeof path === 'string' ? files.read(path) : files.open(path);
    };
  `,
};
const NAMES = ['deep', 'init', 'node'];

const root = project('traces', SOURCES);

/** The same code without what our bundles add, for Node's own source maps. */
function plain(): Map<string, Map<string, Uint8Array>> {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: NAMES.map((name) => `functions/${name}/handler.ts`),
    outdir: root,
    outbase: 'functions',
    entryNames: '[dir]/index',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
  });
  return new Map(
    NAMES.map((name) => [
      name,
      new Map(
        ['index.js', 'index.js.map'].map((file) => [
          file,
          outputFiles.find(({ path }) => path === join(root, name, file))!.contents,
        ]),
      ),
    ]),
  );
}

/** Both are run in the same folder, one after the other, because traces contain its path. */
function put(files: Map<string, Uint8Array>, name: string): string {
  const folder = join(root, 'run', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  return folder;
}

const ours = compile(root, 'functions', NAMES);
const theirs = plain();

/** @returns the stacks of the error and of its cause */
function stacksOf(folder: string, event: unknown, flags: string[] = []): string {
  const script = `
    const print = (error) => {
      console.log(error.stack);
      if (error.cause) print(error.cause);
    };
    try {
      require(process.argv[1] + '/index.js').handler(${JSON.stringify(event)}).catch(print);
    } catch (error) {
      print(error);
    }`;
  return execFileSync(process.execPath, [...flags, '-e', script, folder], { encoding: 'utf8' });
}

/** The lines of the stacks that are about our code, without the names of functions. */
const places = (stacks: string) =>
  stacks.split('\n').flatMap((line) => {
    const [, , place] = /^ {4}at (.*\()?([^()]*functions[\\/]\w+[\\/]\w+\.ts:\d+:\d+)\)?$/.exec(line) ?? [];
    return place ? [place] : [];
  });

const heads = (stacks: string) => stacks.split('\n').filter((line) => !/^ {4}at /.test(line));

const CASES: [string, string, unknown, number][] = [
  ['deep within a handler, with a cause', 'deep', [1, 2], 7],
  ['while the function loads', 'init', null, 2],
  ['by Node, with a code', 'node', '/does/not/exist', 2],
  ['by Node, with a code in brackets', 'node', 7.5, 2],
];

test.each(CASES)('an error thrown %s', (_where, name, event, least) => {
  const expected = stacksOf(put(theirs.get(name)!, name), event, ['--enable-source-maps']);
  const received = stacksOf(put(ours.get(name)!.files, name), event);
  expect(places(expected).length).toBeGreaterThanOrEqual(least);
  expect(places(received)).toEqual(places(expected));
  expect(heads(received)).toEqual(heads(expected));
});

test('a function in it has the name of the source', () => {
  const stacks = stacksOf(put(ours.get('deep')!.files, 'deep'), [2]);
  expect(stacks).toMatch(/at check \(.*check\.ts:7:/);
});

test('an error that nobody catches names them too', () => {
  const folder = put(ours.get('deep')!.files, 'deep');
  const script = "require(process.argv[1] + '/index.js').handler([2])";
  const run = () =>
    execFileSync(process.execPath, ['-e', script, folder], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).toThrow(/OutOfRange: Expected at most 1 but received 2\n {4}at check \(.*check\.ts:7:/);
});

test('the source map is read for the first stack trace that is read, once', () => {
  const folder = put(ours.get('deep')!.files, 'deep');
  const script = `
    const fs = require('node:fs');
    const { readFileSync } = fs;
    const read = [];
    fs.readFileSync = (path, ...rest) => {
      if (String(path).endsWith('.map')) read.push(path);
      return readFileSync(path, ...rest);
    };
    const { handler } = require(process.argv[1] + '/index.js');
    (async () => {
      const counts = [];
      const failed = async () => handler([2]).catch((error) => error);
      await handler([1]);
      counts.push(read.length);
      const error = await failed();
      counts.push(read.length);
      error.stack;
      counts.push(read.length);
      (await failed()).stack;
      counts.push(read.length);
      console.log(counts.join());
    })();`;
  expect(execFileSync(process.execPath, ['-e', script, folder], { encoding: 'utf8' })).toBe('0,0,1,1\n');
});

test('without the map there is a trace all the same', () => {
  const folder = put(ours.get('deep')!.files, 'deep');
  rmSync(join(folder, 'index.js.map'));
  expect(stacksOf(folder, [2])).toMatch(
    /^OutOfRange: Expected at most 1 but received 2\n {4}at .*index\.js:\d+:\d+/,
  );
});
