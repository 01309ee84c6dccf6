/**
 * Plants small bugs into files, one at a time, and lists those that no test notices: `npm run mutate -- PATH…`. A path may be
 * some lines of a file, as in `FILE:10-60`.
 *
 * Stryker writes its bugs into the files themselves, since a copy of only some of them doesn't compile. So it works in a
 * worktree of its own, which is removed afterwards.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Fetched when it is first needed, because nothing else needs it. The last release that runs on Node 20. */
const VERSION = '9.6.1';

/** Lines of a piece of a sample. */
const PIECE = 30;

const root = path.join(__dirname, '..');
const tools = path.join(root, '.local', 'mutate');
const stryker = (file: string) => path.join(tools, 'node_modules', '@stryker-mutator', file);

/**
 * Folders whose tests need no engine. For each, the tests that may notice a bug there, and the folders between the two: Jest
 * finds the tests of a file only if it knows every file on the way.
 */
const ROOTS: Record<string, string[]> = {
  contract: [
    'test/contract',
    ...['notify', 'quarantine', 'create-upload', 'backfill', 'watch'].map(
      (state) => `test/functions/${state}`,
    ),
    'functions',
    'contract',
  ],
  functions: ['test/functions', 'test/contract', 'test/fixtures', 'functions', 'contract'],
  // Most of the other tests there synthesize a whole stack, or start the engine.
  'stacks/settings': ['test/stacks/settings', 'test/fixtures', 'stacks', 'contract'],
  'stacks/state-machine': ['test/stacks/state-machine', 'test/fixtures', 'stacks', 'contract'],
  'cli/lib': ['test/cli/lib', 'test/fixtures', 'cli', 'contract'],
  stacks: ['test/stacks', 'test/fixtures', 'stacks', 'contract'],
  cli: ['test/cli', 'test/fixtures', 'cli', 'contract'],
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Bugs that are tried at once. */
    concurrency: { type: 'string', default: '2' },
    /** How many pieces of the files get bugs; all of them unless it is set. */
    sample: { type: 'string' },
    /** Decides which pieces those are. */
    seed: { type: 'string', default: '1' },
    /** Runs only tests that need no engine. */
    unit: { type: 'boolean', default: false },
    /** Also runs the tests that are named slow. */
    slow: { type: 'boolean', default: false },
  },
});
const paths = positionals.map((given) => path.relative(root, path.resolve(given)));
const unknown = paths.filter(
  (each) => rootsOf(each).length === 0 || !existsSync(path.join(root, withoutLines(each))),
);
if (paths.length === 0 || unknown.length > 0) {
  const folders = Object.keys(ROOTS).join(', ');
  const received = paths.length === 0 ? 'nothing' : unknown.join(', ');
  console.error(`Expected files or folders in ${folders} but received ${received}`);
  process.exit(2);
}

fetchStryker();
process.exitCode = inWorktree((folder) => {
  const config = path.join(folder, 'stryker.json');
  writeFileSync(config, JSON.stringify(configuration(folder)));
  return run(process.execPath, [stryker('core/bin/stryker.js'), 'run', config], folder);
});

function configuration(folder: string) {
  const mutate = options.sample
    ? drawn(folder, Number(options.sample))
    : paths.flatMap((each) => filesIn(folder, each));
  return {
    mutate,
    plugins: [stryker('jest-runner/dist/src/index.js')],
    testRunner: 'jest',
    jest: {
      // Otherwise it is done for each bug, which takes longer than most tests.
      enableFindRelatedTests: false,
      config: {
        testMatch: testsOf(folder, mutate),
        testEnvironment: './test/mutate/environment.cjs',
        testSequencer: './test/mutate/sequencer.cjs',
        // A bug that lets a test wait for ever fails it, which costs less than Stryker's timeout: that ends the process.
        testTimeout: 15_000,
      },
    },
    inPlace: true,
    // The compiler judges the types already, and many a bug that it would refuse is a bug all the same.
    disableTypeChecks: true,
    concurrency: Number(options.concurrency),
    // Beside other work a test can take long; only a bug that never ends may count as noticed by the time.
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 20,
    warnings: { slow: false },
    reporters: ['progress', 'clear-text'],
    clearTextReporter: { logTests: false, reportTests: false },
    tempDirName: path.join(folder, '.local', 'stryker'),
  };
}

/** The tests that load one of the files, directly or by way of others. */
function testsOf(folder: string, files: readonly string[]): string[] {
  const roots = new Set(paths.flatMap(rootsOf));
  const jest = [
    path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--listTests',
    ...[...roots].map((each) => `--roots=${each}`),
    ...(options.slow ? [] : ['--testPathIgnorePatterns=\\.slow\\.test\\.ts$']),
    ...(options.unit ? ['--filter', './test/unit.cjs'] : []),
    '--findRelatedTests',
    ...new Set(files.map(withoutLines)),
  ];
  const { stdout, stderr } = spawnSync(process.execPath, jest, { cwd: folder, encoding: 'utf8' });
  const tests = stdout.split('\n').filter((line) => line.endsWith('.test.ts'));
  if (tests.length === 0) throw new Error(`Expected tests that reach these files but found none. ${stderr}`);
  return tests;
}

function withoutLines(given: string): string {
  return given.replace(/:\d+-\d+$/, '');
}

function filesIn(folder: string, given: string): string[] {
  const isFile = !statSync(path.join(folder, withoutLines(given))).isDirectory();
  if (isFile) return [given];
  const inside = readdirSync(path.join(folder, given), { recursive: true, encoding: 'utf8' });
  return inside.filter((file) => file.endsWith('.ts')).map((file) => path.join(given, file));
}

/** Some pieces of the files, which the seed alone decides. */
function drawn(folder: string, count: number): string[] {
  const place = (piece: string) => createHash('sha256').update(`${options.seed} ${piece}`).digest('hex');
  const pieces = paths
    .flatMap((each) => filesIn(folder, each))
    .flatMap((file) => {
      const lines = readFileSync(path.join(folder, file), 'utf8').split('\n').length;
      return Array.from(
        { length: Math.ceil(lines / PIECE) },
        (_, i) => `${file}:${i * PIECE + 1}-${(i + 1) * PIECE}`,
      );
    });
  const some = pieces.sort((one, other) => place(one).localeCompare(place(other))).slice(0, count);
  console.log(`Of ${pieces.length} pieces, seed ${options.seed} draws:\n${some.toSorted().join('\n')}`);
  return some;
}

function fetchStryker(): void {
  if (existsSync(stryker('jest-runner/package.json'))) return;
  console.log(`Fetching Stryker ${VERSION} …`);
  const packages = ['core', 'jest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  const npm = ['install', '--prefix', tools, '--no-save', '--no-audit', '--no-fund', ...packages];
  // npm is a script on Windows, which only a shell starts.
  if (run('npm', npm, root, process.platform === 'win32') === 0) return;
  rmSync(tools, { recursive: true, force: true });
  throw new Error(`Stryker ${VERSION} could not be installed into ${tools}`);
}

/** @param use gets the folder of a worktree with everything that is tracked as it is now, committed or not */
function inWorktree(use: (folder: string) => number): number {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'mutate-')), 'worktree');
  // Stryker stops on Ctrl-C by itself; this process waits for it, to remove the worktree.
  process.on('SIGINT', () => {});
  try {
    const changed = git('stash', 'create');
    git('worktree', 'add', '--quiet', '--detach', folder, changed || 'HEAD');
    mkdirSync(path.join(folder, '.local'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    return use(folder);
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', folder], { cwd: root });
    rmSync(path.dirname(folder), { recursive: true, force: true });
  }
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`);
  return stdout.trim();
}

function run(command: string, args: string[], cwd: string, shell = false): number {
  return spawnSync(command, args, { cwd, stdio: 'inherit', shell }).status ?? 1;
}

function rootsOf(file: string): string[] {
  const folder = Object.keys(ROOTS).find((each) =>
    `${file}${path.sep}`.startsWith(path.join(each, path.sep)),
  );
  return folder ? (ROOTS[folder] as string[]) : [];
}
