import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from '../cli/call';
import { start } from './start';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'commands '));
});

afterAll(() => rm(folder, { recursive: true }));

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
