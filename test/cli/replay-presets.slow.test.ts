/** After a change of presets and limits, a replay brings every image up to date, and names each that it couldn't. */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import { type Ran, Stack } from './run';

jest.setTimeout(120_000);

const variants = (...names: string[]) => [
  { name: 'default', variants: names.map((name, n) => ({ name, width: 32 * (n + 1) })) },
];
const NOTIFICATIONS = { errors: ['failed@example.com'] };

const PROJECT = process.cwd();

let before: Stack;
let after: Stack;
let workflow: Workflow;

beforeAll(async () => {
  before = await Stack.synthesize({ notifications: NOTIFICATIONS, presets: variants('small') });
  after = await Stack.synthesize({
    notifications: NOTIFICATIONS,
    presets: variants('small', 'large'),
    limits: { pixels: 320 * 240 },
  });
  workflow = await Workflow.start({ stackFile: before.file, waitScale: 0.01, log: () => {} });
  await before.link(workflow.dataDir);
  // Journals are written to the working directory.
  process.chdir(workflow.dataDir);
});

afterAll(async () => {
  process.chdir(PROJECT);
  await workflow?.end();
  await before?.end();
  await after?.end();
});

const replay = (...args: string[]): Promise<Ran> =>
  call('replay', '--local', '--data', workflow.dataDir, '--rate', '100', ...args);

const journalIn = (printed: string) => /--resume (\S+)/.exec(printed)?.[1] as string;

test('done, superseded and failed are told apart, in words, in the exit status, in the journal and by mail', async () => {
  await workflow.upload('fits.jpg', await picture({ width: 300, height: 200 }));
  await workflow.upload('too-large.jpg', await picture({ width: 400, height: 300 }));
  await workflow.upload('replaced.jpg', await picture({ width: 300, height: 200 }));
  await workflow.idle();
  const good = await workflow.record('too-large.jpg');
  expect(good).toMatchObject({ status: 'DONE' });

  await workflow.restart(() =>
    cp(path.join(after.folder, 'synth'), path.join(before.folder, 'synth'), { recursive: true, force: true }),
  );
  workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
  await workflow.upload('replaced.jpg', await picture({ width: 310, height: 200 }));
  await workflow.idle();
  workflow.inject();

  const { code, stdout, stderr } = await replay('--prefix', '', '--concurrency', '1');
  expect(code).toBe(1);
  expect(stdout).toContain('3 images replayed: 1 done, 1 superseded, 1 failed');
  expect(stdout).toMatch(/✗ failed {6}too-large\.jpg\n {4}ImageTooLarge: .*120,000 pixels/);
  expect(stdout).toMatch(/✓ done {8}fits\.jpg/);
  expect(stdout).toMatch(/– superseded {2}replaced\.jpg\n {4}the object is now /);

  // The good thumbnails stay, and the record says both.
  const record = await workflow.record('too-large.jpg');
  expect(record).toMatchObject({
    status: 'DONE',
    thumbnails: good['thumbnails'],
    lastError: { name: 'ImageTooLarge', message: expect.stringContaining('120,000 pixels') },
  });
  expect(await workflow.keys('thumbnails')).toContain('too-large.jpg/small.jpg');
  expect(await workflow.record('fits.jpg')).toMatchObject({
    thumbnails: [{ variant: 'small' }, { variant: 'large' }],
  });
  expect((await workflow.told('errors')).map(({ source }) => source.key)).toEqual(['too-large.jpg']);
  expect((await workflow.mail()).at(-1)).toMatchObject({
    to: 'failed@example.com',
    text: expect.stringContaining('npm run replay -- --key=too-large.jpg'),
  });

  // The journal is there, and runs again what failed.
  const resumed = await replay('--resume', journalIn(stderr));
  expect(resumed).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('1 image replayed: 1 failed'),
  });
  expect(resumed.stdout).toContain('1 image to replay: 1 DONE (');

  // So does what looks for failures.
  const failures = await replay('--failed-since', '1h');
  expect(failures).toMatchObject({ code: 1, stdout: expect.stringContaining('1 image replayed: 1 failed') });
});

test.each([
  ['denied to write', { call: 's3:PutObject', by: 'thumbnail', fault: 'deny' }, /AccessDenied/],
  ['a crash', { function: 'thumbnail', fault: 'crash' }, /Runtime\.ExitError/],
  ['denied to record', { call: 'dynamodb:UpdateItem', by: 'store-metadata', fault: 'deny' }, /AccessDenied/],
] as const)(
  'a rerun of a DONE image that fails by %s is a failure, and running it again mends it',
  async (_, fault, reason) => {
    await workflow.upload('album/a.jpg', await picture({ width: 64, height: 48 }));
    await workflow.idle();
    // A thumbnail that is there would be kept.
    for (const Key of (await workflow.keys('thumbnails')).filter((key) => key.startsWith('album/'))) {
      await workflow.s3.send(new DeleteObjectCommand({ Bucket: workflow.bucket('thumbnails'), Key }));
    }
    workflow.inject(fault);
    const failed = await replay('--prefix', 'album/');
    workflow.inject();
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringMatching(reason) });
    expect(failed.stdout).toContain('1 image replayed: 1 failed');
    const mended = await replay('--resume', journalIn(failed.stderr));
    expect(mended).toMatchObject({ code: 0, stdout: expect.stringContaining('1 image replayed: 1 done') });
    expect(await workflow.record('album/a.jpg')).not.toHaveProperty('lastError');
  },
);
