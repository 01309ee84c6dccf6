import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from '../cli/call';
import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { PROJECT } from './start';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'process '));
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
