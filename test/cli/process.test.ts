/** `npm run process` on an engine that runs already, with whatever can go wrong. */
import { type FileHandle, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTES } from '../../cli/lib/slow';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import { run } from './run';

jest.setTimeout(120_000);

const fs = require('node:fs/promises') as typeof import('node:fs/promises');

let workflow: Workflow;
let folder: string;

beforeAll(async () => {
  const preset = (name: string, prefix: string) => ({ name, prefix, variants: [{ name, width: 50 }] });
  workflow = await Workflow.start({
    settings: { presets: [preset('product', 'products/'), preset('other', '')] },
    waitScale: 0.01,
    log: () => {},
  });
  folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
  await mkdir(path.join(folder, 'products'));
  await mkdir(path.join(folder, 'people'));
  const jpeg = await picture();
  for (const name of ['one.jpg', 'two.jpg', 'products/a.jpg', 'people/a.jpg']) {
    await writeFile(path.join(folder, name), jpeg);
  }
});

afterAll(async () => {
  await workflow?.end();
  await rm(folder, { recursive: true });
});

afterEach(() => {
  workflow.inject();
  jest.restoreAllMocks();
});

const at = (...names: string[]) => names.map((name) => path.join(folder, name));
const out = () => path.join(folder, 'out');
const args = (...rest: string[]) => ['--data', workflow.dataDir, '--out', out(), ...rest];
const processed = (...rest: string[]) => call('process', ...args(...rest));

test('each file ends in one line, the batch in a summary with the errors, and the command that shows one', async () => {
  await writeFile(path.join(folder, 'notes.jpg'), 'just text');
  const { code, stdout } = await processed(...at('one.jpg', 'notes.jpg'));
  expect(code).toBe(1);
  const [summary, hint, ...lines] = stdout.trimEnd().split('\n').reverse();
  expect(lines.sort()).toEqual([
    expect.stringMatching(/^✓ one\.jpg {2}1 thumbnail, \d+\.\d\d s$/),
    expect.stringMatching(/^✗ notes\.jpg {2}UnsupportedFormat: Only JPEG, /),
  ]);
  expect([hint, summary]).toEqual([
    `2 images processed: 1 succeeded, 1 failed (1 UnsupportedFormat). Thumbnails are in ${out()}.`,
    `To see why one failed: npm run executions -- --data ${workflow.dataDir} KEY`,
  ]);
  const shown = await call('executions', '--data', workflow.dataDir, 'notes.jpg');
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('✗ Validate') });
});

test('a single file ends with its path and its thumbnails', async () => {
  const { code, stdout } = await processed(...at('one.jpg'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ one\.jpg .*\n {4}Validate ✓ .*\n {4}\S+other\.jpg {2}50 x \d+ jpeg, /);
  expect(stdout).not.toContain('To see why');
});

test('folders keep their names, so that presets apply and same names stay apart', async () => {
  const { code, stdout } = await processed('--json', ...at('products', 'people'));
  expect(code).toBe(0);
  const saved = stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => JSON.parse(line).thumbnails);
  expect(
    saved.map((thumbnail) => path.relative(out(), thumbnail.path).replaceAll(path.sep, '/')).sort(),
  ).toEqual(['people/a.jpg/other.jpg', 'products/a.jpg/product.jpg']);
});

test('--prefix puts a file where its preset is', async () => {
  const { stdout } = await processed('--json', '--prefix', 'products', ...at('one.jpg'));
  expect(JSON.parse(stdout)).toMatchObject({
    key: 'products/one.jpg',
    status: 'SUCCEEDED',
    thumbnails: [{ variant: 'product' }],
  });
});

test.each([
  [
    'that may not be read',
    (handle: FileHandle) => Promise.reject(Object.assign(new Error('EACCES: denied'), { handle })),
    'EACCES: denied',
  ],
  [
    'that becomes shorter meanwhile',
    async (handle: FileHandle) => {
      const { size } = await handle.stat();
      return Object.assign(handle, { stat: async () => ({ size: size + 10 }) });
    },
    'it became shorter while it was being read',
  ],
])('a file %s fails, and the others succeed', async (_, change, words) => {
  const open = fs.open;
  jest.spyOn(fs, 'open').mockImplementation((async (file: string, ...more: never[]) => {
    const handle = await open(file, ...more);
    if (path.basename(file) !== 'two.jpg') return handle;
    return change(handle).catch(async (error: Error) => {
      await handle.close();
      throw error;
    });
  }) as never);
  const { code, stdout } = await processed(...at('one.jpg', 'two.jpg'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/✓ one\.jpg/);
  expect(stdout).toContain(`✗ two.jpg  NotRead: The file could not be read (${words}).`);
  expect(stdout).toContain('2 images processed: 1 succeeded, 1 failed (1 NotRead).');
});

test('a key that S3 refuses fails, and the others succeed', async () => {
  const { code, stdout } = await processed('--prefix', 'long/'.repeat(205), ...at('one.jpg'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/one\.jpg {2}NotUploaded: .*\n.*1 failed \(1 NotUploaded\)/);
});

test('a thumbnail that cannot be written fails its file, and the process ends though the engine goes on', async () => {
  await mkdir(out(), { recursive: true });
  await rm(path.join(out(), 'two.jpg'), { recursive: true, force: true });
  await writeFile(path.join(out(), 'two.jpg'), 'where the folder of its thumbnails would be');
  const { code, stdout } = await run('process', args(...at('one.jpg', 'two.jpg')));
  await rm(path.join(out(), 'two.jpg'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✓ one\.jpg/m);
  expect(stdout).toMatch(/^✗ two\.jpg {2}NotSaved: \S+other\.jpg could not be saved \(/m);
  expect(stdout).toContain('1 failed (1 NotSaved)');
});

const nowhere = [['below a file', () => path.join(folder, 'one.jpg', 'out')]] as [string, () => string][];
// Node's own way to make folders never returns there.
if (process.platform === 'linux') nowhere.push(['in /proc', () => '/proc/nope']);
test.each(nowhere)('--out %s is refused before anything is uploaded', async (_, place) => {
  const runs = workflow.ended.length;
  const { code, stderr } = await call(
    'process',
    '--data',
    workflow.dataDir,
    '--out',
    place(),
    ...at('one.jpg'),
  );
  expect(code).toBe(2);
  expect(stderr).toContain(`Expected a folder to write to for --out but received ${place()} (E`);
  expect(workflow.ended).toHaveLength(runs);
});

test('an event in the dead-letter queue is not waited for, and the way out works as it is printed', async () => {
  workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
  const { code, stdout } = await processed(...at('one.jpg'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ one\.jpg {2}NotDelivered: No run of the workflow could be started for it/);
  expect(stdout).toMatch(/\(NO_PERMISSIONS: .*StartExecution/);
  workflow.inject();
  const [, command = ''] = /To start it: npm run redrive -- (.*)\n/.exec(stdout) ?? [];
  expect(command).toBe(`--local --data ${workflow.dataDir}`);
  expect((await call('redrive', ...command.split(' '))).stdout).toContain('1 execution started.');
});

test('what is waited for is said', async () => {
  jest.replaceProperty(NOTES, 'every', 20);
  const { stderr } = await processed(...at('one.jpg'));
  expect(stderr).toMatch(
    /^Waiting for one\.jpg \((no run of the workflow has started for it yet|in \w+)\), 0\.02 s so far …$/m,
  );
});

/** Resolves once something has happened. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(20);
}

test('Ctrl-C waits for what has begun; the next one ends at once and says what is done and what is left', async () => {
  // So that every event waits in the backlog, again and again.
  workflow.inject({ function: 'thumbnail', fault: 'throttle' });
  const names = Array.from({ length: 9 }, (_, n) => `n${n}.jpg`);
  const jpeg = await readFile(path.join(folder, 'one.jpg'));
  for (const name of names) await writeFile(path.join(folder, name), jpeg);
  const { code, stdout, stderr } = await run('process', args(...at(...names)), {
    async meanwhile(child, printed) {
      await until(() => printed().split('found no free capacity').length === 9);
      child.kill('SIGINT');
      await until(() => printed().includes('Stopping once'));
      // What comes sooner is the same Ctrl-C, which npm passes on.
      await sleep(600);
      child.kill('SIGINT');
    },
  });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('Press Ctrl-C again to stop at once.');
  expect(stderr).toMatch(
    /Stopped at once\.\n0 images processed: 0 succeeded, 0 failed\.\n9 images left\.\nNot finished: (n\d\.jpg, ){7}n\d\.jpg\. What was uploaded is processed, at the latest when an engine starts on this data folder again\.\n$/,
  );
  workflow.inject();
  await workflow.idle();
});

test('a folder without images is said, and is not a success', async () => {
  await mkdir(path.join(folder, 'texts'), { recursive: true });
  await writeFile(path.join(folder, 'texts', 'readme.txt'), '');
  const { code, stdout, stderr } = await processed(...at('texts'));
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: 'Nothing was processed: no file is named like an image.\n',
  });
  expect(stderr).toMatch(/^Skipped 1 file, not named like an image: \S+readme\.txt\.\n/);
});
