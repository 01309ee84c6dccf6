/** `npm run process` on an engine that runs already, with whatever can go wrong. */
import { type FileHandle, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NOTES } from '../../cli/lib/slow';
import { call } from './call';
import { at, folder, out, processed, useEngine, workflow } from './process/engine';

jest.setTimeout(120_000);

const fs = require('node:fs/promises') as typeof import('node:fs/promises');

useEngine();

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

const nowhere = [['below a file', () => path.join(folder, 'one.jpg', 'out')]] as [string, () => string][];
// Node's recursive mkdir never returns there.
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
