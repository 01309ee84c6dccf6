/** What a command says if the engine that is running has other settings than the settings file. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compareSettings, noteSettings, otherSettings, readSettings } from '../../../cli/lib/settings-in-use';

const ENDPOINT = 'http://127.0.0.1:4566';
let dataDir: string;
let file: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'data-'));
  await mkdir(path.join(dataDir, 'synth'));
  file = path.join(dataDir, 'mine.settings.json');
  await write({ $schema: 'a.json', region: 'eu-west-1', presets: [{ name: 'p' }] });
  noteSettings(dataDir, readSettings(file));
});

afterEach(() => rm(dataDir, { recursive: true }));

const write = (settings: object) => writeFile(file, JSON.stringify(settings));
const said = (problem?: string) => otherSettings(dataDir, ENDPOINT, readSettings(file), async () => problem);

test('nothing, if they are the same, whatever their order and their schema', async () => {
  await write({ presets: [{ name: 'p' }], region: 'eu-west-1', $schema: 'another.json' });
  expect(compareSettings(dataDir, readSettings(file))).toEqual({ kind: 'same' });
  expect(await said('not asked')).toEqual([]);
});

test('nothing, if the engine was started by another release, which noted none', async () => {
  await rm(path.join(dataDir, 'synth'), { recursive: true });
  await write({});
  expect(await said('not asked')).toEqual([]);
});

test('which ones differ, and how to use the new ones', async () => {
  await write({ region: 'eu-west-1', presets: [{ name: 'q' }], delivery: { enabled: true } });
  expect(await said()).toEqual([
    `${file} has other settings than the engine was started with (presets, delivery). The engine at ${ENDPOINT} goes on with the settings it was started with. Stop and start it to use the new ones.`,
  ]);
});

test('what is wrong with the new ones', async () => {
  await write({ regoin: 'eu-west-1', presets: [{ name: 'p' }] });
  expect(await said('mine.settings.json: regoin: unknown')).toEqual([
    `${file} has other settings than the engine was started with (region, regoin). They are not valid:`,
    'mine.settings.json: regoin: unknown',
    `The engine at ${ENDPOINT} goes on with the settings it was started with.`,
  ]);
});

test('that the file is no JSON, or not there', async () => {
  await writeFile(file, '{ "presets": [');
  expect(await said()).toEqual([
    expect.stringMatching(/mine\.settings\.json can't be read: .*JSON/),
    `The engine at ${ENDPOINT} goes on with the settings it was started with.`,
  ]);
  await rm(file);
  expect((await said())[0]).toMatch(/mine\.settings\.json can't be read: ENOENT/);
});
