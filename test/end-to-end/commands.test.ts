import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from '../cli/call';
import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { PROJECT, start } from './start';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'commands '));
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a command on the local engine as its npm script does. */
function run(command: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/main.ts', command, '--data', path.join(folder, 'data'), ...args],
      { cwd: PROJECT },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

const lines = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('process writes thumbnails, prints a line of JSON for each file, and exits with 1 if one fails', async () => {
  const photos = path.join(folder, 'photos');
  await mkdir(path.join(photos, 'more'), { recursive: true });
  await writeFile(path.join(photos, 'one.jpg'), await picture({ width: 640, height: 480, orientation: 6 }));
  await writeFile(path.join(photos, 'more', 'two.png'), await picture({ format: 'png' }));
  await writeFile(path.join(photos, 'notes.jpg'), 'just text');
  await writeFile(path.join(photos, 'empty.jpg'), '');
  await writeFile(path.join(photos, 'readme.txt'), 'not an image, and not named like one');
  const out = path.join(folder, 'out');

  const { code, stdout, stderr } = await run('process', '--json', '--out', out, photos);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^Skipped 1 file, not named like an image: \S.*readme\.txt\.$/m),
  });
  const outcomes = lines(stdout).sort((one, other) => (one.key < other.key ? -1 : 1));
  expect(outcomes).toMatchObject([
    { key: 'photos/empty.jpg', status: 'FAILED', error: { name: 'EmptyObject' }, thumbnails: [] },
    { key: 'photos/more/two.png', status: 'SUCCEEDED' },
    { key: 'photos/notes.jpg', status: 'FAILED', error: { name: 'UnsupportedFormat' }, thumbnails: [] },
    { key: 'photos/one.jpg', status: 'SUCCEEDED' },
  ]);
  const [thumbnail] = outcomes[3].thumbnails;
  expect(outcomes[3]).toEqual({
    file: path.join(photos, 'one.jpg'),
    key: 'photos/one.jpg',
    execution: expect.stringMatching(/^arn:aws:states:/),
    status: 'SUCCEEDED',
    error: null,
    thumbnails: [
      {
        variant: 'thumbnail',
        key: 'photos/one.jpg/thumbnail.jpg',
        path: path.join(out, 'photos', 'one.jpg', 'thumbnail.jpg'),
        width: 200,
        height: 150,
        format: 'jpeg',
        bytes: expect.any(Number),
      },
    ],
    durationMs: expect.any(Number),
  });
  expect(await sharp(thumbnail.path).metadata()).toMatchObject({ width: 200, height: 150 });

  const executions = (...args: string[]) => call('executions', '--data', path.join(folder, 'data'), ...args);
  const listed = await executions();
  const id = /^(\w{8}) .*FAILED.* photos\/notes\.jpg$/m.exec(listed.stdout)?.[1];
  const drawn = await executions(id as string);
  expect(drawn.stdout).toMatch(/✗ Validate/);
  expect(drawn.stdout).toContain('UnsupportedFormat');
});

test.each([
  ['an option that there is none of', ['--colour', 'photo.jpg'], 'There is no option --colour.\n\nUsage: '],
  ['no file', [], 'Expected a file or a folder to process'],
  ['a file that is not there', ['nowhere.jpg'], 'there is nothing at nowhere.jpg'],
  ['settings that are not there', ['--settings', 'nowhere.json', 'photo.jpg'], 'Expected a settings file'],
])('process says how to call it, given %s', async (_, args, message) => {
  const { code, stderr } = await call('process', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain('Usage: npm run process');
});

test('start shows a first picture, and serves until it is interrupted', async () => {
  const data = path.join(folder, 'served');
  const settings = path.join(folder, 'settings.json');
  const presets = [{ name: 'default', variants: [{ name: 'thumbnail', width: 123 }] }];
  const notifications = { processed: ['done@example.com'] };
  await writeFile(settings, JSON.stringify({ presets, notifications }));
  const first = await start(['--data', data, '--settings', settings], async (output) => {
    // The console comes first, shows the first picture, and may make things fail.
    const [, console, token] = /(http:\/\/127\.0\.0\.1:\d+)\/\?token=([\w-]+)\n/.exec(output) ?? [];
    expect(output.indexOf(`${console}/?token=`)).toBeLessThan(output.indexOf('Endpoint '));
    const ask = async (what: string) =>
      (await fetch(`${console}/api/${what}`, { headers: { authorization: `Bearer ${token}` } })).json();
    expect(await ask('runs')).toMatchObject({ runs: [{ outcome: 'DONE', object: { key: 'canyon.jpg' } }] });
    expect(await ask('console')).toMatchObject({ can: { write: true, fault: true } });
    // The engine that runs already has its settings, so others are refused, and so are others that nobody has named said.
    const stuck = (...more: string[]) => call('stuck', '--local', '--data', data, ...more);
    expect(await stuck('--settings', settings)).toMatchObject({ code: 0, stderr: '' });
    expect(await stuck('--settings', 'settings.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /since --settings is for one that starts.* which has other settings\. Stop it/,
      ),
    });
    expect(await stuck()).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^settings\.json has other settings than the engine was started with \(.*presets/,
      ),
    });
  });
  expect(first.code).toBe(0);
  expect(first.output).toContain('"status": "DONE"');
  expect(first.output).toContain('"width": 123');
  expect(first.output).toContain('canyon.jpg: 1 thumbnail ready');
  expect(first.output).toMatch(/aws --endpoint-url http:\/\/127\.0\.0\.1:\d+ s3 cp/);
  expect(await readdir(path.join(data, 'mail'))).toHaveLength(1);
});
