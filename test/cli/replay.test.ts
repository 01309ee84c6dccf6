import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { Journal } from '../../cli/replay/journal';
import { escapeKey } from '../../contract/escape-key';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import { filesIn, type Ran, Stack, withoutStatement } from './run';

jest.setTimeout(120_000);

const KEYS = ['one.jpg', 'two.jpg', "it's $3 & more.jpg", 'Größe 写真.jpg', '-five.jpg'];
let stack: Stack;
let workflow: Workflow;

beforeAll(async () => {
  stack = await Stack.synthesize({
    notifications: {
      processed: ['done@example.com'],
      errors: ['failed@example.com'],
      operations: ['ops@example.com'],
    },
    alarms: { minimumImages: 5 },
  });
  await stack.change((terraform) => {
    expect(withoutStatement(terraform, 'ClaimTheRecord')).toBe(1);
  });
  workflow = await Workflow.start({ stackFile: stack.file, waitScale: 0.01, log: () => {} });
  await stack.link(workflow.dataDir);
});

afterAll(async () => {
  await workflow?.end();
  await stack?.end();
});

const replay = (...args: string[]): Promise<Ran> =>
  call('replay', '--local', '--data', workflow.dataDir, ...args);

/** A metric of the workflow, summed since the engine started. */
const metric = (name: string, dimensions: Record<string, string> = {}) =>
  workflow.cloudwatch
    .metrics()
    .find(
      (each) =>
        each.name === name &&
        isDeepStrictEqual(each.dimensions, { Workflow: 'thumbnail-workflow', ...dimensions }),
    );

const records = () => Promise.all(KEYS.map((key) => workflow.record(key)));

test('a missing permission fails five images; once it is back, replaying makes all thumbnails and no duplicates', async () => {
  for (const key of KEYS) await workflow.upload(key, await picture({ width: 300 + KEYS.indexOf(key) }));
  await workflow.idle();

  // Five failures, each recorded and mailed with the command that replays it.
  expect(await records()).toMatchObject(
    KEYS.map(() => ({ status: 'FAILED', error: { name: 'AccessDeniedException' } })),
  );
  const failures = await workflow.mail();
  expect(failures.map(({ to }) => to)).toEqual(KEYS.map(() => 'failed@example.com'));
  for (const key of KEYS) {
    const mail = failures.find(({ text }) => text.includes(`/${key}.`));
    expect(mail?.text).toContain('dynamodb:UpdateItem');
    expect(mail?.text).toContain('npm run replay -- --key');
  }
  expect((await workflow.told('errors')).map(({ source }) => source.key).sort()).toEqual([...KEYS].sort());
  expect(await workflow.keys('thumbnails')).toEqual([]);
  expect(metric('Failed', { Error: 'AccessDeniedException' })).toMatchObject({ sum: 5 });
  // A minute is only complete once it has passed.
  const alarms = await workflow.cloudwatch.evaluate(Date.now() + 60_000);
  expect(alarms.filter(({ to }) => to === 'ALARM').map(({ alarm }) => alarm.name)).toContain(
    'thumbnail-workflow-failure-ratio',
  );
  const warned = (await workflow.mail()).filter(({ to }) => to === 'ops@example.com');
  expect(warned.map(({ text }) => text).join()).toContain('thumbnail-workflow-failure-ratio');

  // The permission comes back.
  await workflow.restart(() => stack.restore());

  const counted = await replay('--failed-since', '1h', '--dry-run');
  expect(counted).toMatchObject({ code: 0, stderr: '' });
  expect(counted.stdout).toContain('5 images to replay: 5 FAILED (AccessDeniedException)');
  expect((await records()).map(({ status }) => status)).toEqual(KEYS.map(() => 'FAILED'));

  const { code, stdout } = await replay('--failed-since', '1h', '--rate', '100');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('5 images replayed: 5 done') });

  expect(await records()).toMatchObject(
    KEYS.map((key) => ({ status: 'DONE', thumbnails: [{ key: `${escapeKey(key)}/thumbnail.jpg` }] })),
  );
  expect((await workflow.keys('thumbnails')).sort()).toEqual(
    KEYS.map((key) => `${escapeKey(key)}/thumbnail.jpg`).sort(),
  );
  const told = await workflow.told('processed');
  expect(told.map(({ source }) => source.key).sort()).toEqual([...KEYS].sort());
  expect((await workflow.mail()).filter(({ to }) => to === 'done@example.com')).toHaveLength(5);

  expect(metric('Done')).toMatchObject({ sum: 5 });
  expect(metric('Failed')).toMatchObject({ sum: 0, count: 5 });

  // Nothing is left to do, and doing it again notifies nobody twice.
  const again = await replay('--failed-since', '1h');
  expect(again).toMatchObject({ code: 0, stdout: '0 images to replay.\nNothing was replayed.\n' });
  const all = await replay('--prefix', '', '--rate', '100');
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining('5 images replayed: 5 done') });
  expect(await workflow.told('processed')).toHaveLength(5);
  expect(await workflow.told('errors')).toHaveLength(5);
});

describe('one image', () => {
  test('by a key that no shell accepts, with the command from the mail', async () => {
    const key = "a\nb'$(c)\u202e.jpg";
    workflow.inject({ function: 'thumbnail', fault: 'error' });
    await workflow.upload(key, await picture());
    await workflow.idle();
    workflow.inject();
    const mail = (await workflow.mail()).at(-1);
    const [, encoded] = /npm run replay -- --key-base64=(\S+)$/m.exec(mail?.text ?? '') ?? [];
    const { code, stdout } = await replay('--key-base64', encoded as string);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("✓ done        a\\u000ab'$(c)\\u202e.jpg"),
    });
    expect(await workflow.record(key)).toMatchObject({ status: 'DONE' });
  });

  test('that is itself bad fails again, and the reason comes from the record', async () => {
    await workflow.upload('text.jpg', 'no image');
    await workflow.idle();
    const told = (await workflow.told('errors')).length;
    const { code, stdout } = await replay('--key', 'text.jpg');
    expect(code).toBe(1);
    expect(stdout).toContain('✗ failed      text.jpg\n    UnsupportedFormat: Only JPEG, PNG');
    expect(stdout).toContain('1 image replayed: 1 failed');
    // The same failure of the same version has the same ID, so subscribers can drop the repeat.
    const messages = (await workflow.told('errors')).slice(told - 1);
    expect(messages[1]?.dedupeId).toBe(messages[0]?.dedupeId);
  });

  test('that was not announced is announced now, and once', async () => {
    workflow.inject({ call: 'sns:Publish', by: 'notify', fault: 'deny' });
    await workflow.upload('unannounced.jpg', await picture());
    await workflow.idle();
    workflow.inject();
    const messages = async () =>
      (await workflow.told('processed')).filter(({ source }) => source.key === 'unannounced.jpg').length;
    expect(await messages()).toBe(0);
    expect((await workflow.mail()).at(-1)?.text).toContain('npm run replay -- --key=unannounced.jpg');
    expect(await replay('--key', 'unannounced.jpg')).toMatchObject({ code: 0 });
    expect(await replay('--key', 'unannounced.jpg')).toMatchObject({ code: 0 });
    expect(await messages()).toBe(1);
  });

  test('whose version is gone is reported, with the command that restores its copy', async () => {
    const version = await workflow.upload('gone.jpg', 'no image');
    await workflow.idle();
    // A lifecycle rule may delete it like this, or a person while deletions aren't processed.
    workflow.inject({ function: 'remove', fault: 'error' });
    const place = { Bucket: workflow.bucket('uploads'), Key: 'gone.jpg', VersionId: version };
    await workflow.s3.send(new DeleteObjectCommand(place));
    await workflow.idle();
    workflow.inject();
    const { code, stdout } = await replay('--failed-since', '1h', '--rate', '100');
    expect(code).toBe(1);
    expect(stdout).toContain('✗ gone        gone.jpg\n    it is no longer in the bucket.');
    expect(stdout).toContain(
      `aws s3 cp s3://${workflow.bucket('quarantine')}/gone.jpg s3://${workflow.bucket('uploads')}/gone.jpg`,
    );
  });

  test('that was deleted stays deleted', async () => {
    await workflow.upload('deleted.jpg', await picture());
    await workflow.idle();
    await workflow.remove('deleted.jpg');
    await workflow.idle();
    const { code, stdout } = await replay('--key', 'deleted.jpg');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('✓ removed     deleted.jpg'),
    });
    expect(await workflow.record('deleted.jpg')).toMatchObject({ status: 'DELETED' });
    expect(await workflow.keys('thumbnails')).not.toContain('deleted.jpg/thumbnail.jpg');
  });

  test.each([
    ['before its record changed', { function: 'remove', fault: 'error' }, 'DONE'],
    ['after its record changed', { call: 's3:DeleteObject', by: 'remove', fault: 'deny' }, 'DELETED'],
  ] as const)('whose deletion was interrupted %s: its thumbnails are removed', async (_, fault, status) => {
    const key = `left-${status}.jpg`;
    await workflow.upload(key, await picture());
    await workflow.idle();
    workflow.inject(fault);
    await workflow.remove(key);
    await workflow.idle();
    workflow.inject();
    expect((await workflow.mail()).at(-1)?.text).toContain(`npm run replay -- --key=${key}`);
    expect(await workflow.record(key)).toMatchObject({ status });
    expect(await workflow.keys('thumbnails')).toContain(`${key}/thumbnail.jpg`);

    const { code, stdout } = await replay('--key', key);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`✓ removed     ${key}`) });
    expect(await workflow.record(key)).toMatchObject({ status: 'DELETED' });
    expect(await workflow.keys('thumbnails')).not.toContain(`${key}/thumbnail.jpg`);

    // The image can be uploaded again like any other.
    await workflow.upload(key, await picture());
    await workflow.idle();
    expect(await workflow.record(key)).toMatchObject({ status: 'DONE' });
  });

  test('that has been replaced by another version is skipped', async () => {
    workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
    const version = await workflow.upload('one.jpg', await picture({ width: 333 }));
    await workflow.idle();
    workflow.inject();
    const { code, stdout } = await replay('--key', 'one.jpg');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`the object is now ${version}`),
    });
  });

  test('that does not exist is an error, and S3 was asked before it is said', async () => {
    const { code, stdout } = await replay('--key', 'nowhere.jpg');
    expect(code).toBe(1);
    expect(stdout).toContain(
      `There is no object s3://${workflow.bucket('uploads')}/nowhere.jpg, and no record`,
    );
    expect(stdout).not.toContain('not named like an image');
  });

  test('that exists without a record is an error, with the command that sends another event', async () => {
    await workflow.upload('notes/a.txt', 'no image by its name');
    const { code, stdout } = await replay('--key', 'notes/a.txt');
    expect(code).toBe(1);
    expect(stdout).toContain('notes/a.txt has no record: it is not named like an image');
    const url = `s3://${workflow.bucket('uploads')}/notes/a.txt`;
    expect(stdout).toContain(`aws s3 cp ${url} ${url} --metadata-directive REPLACE`);
  });

  test('whose object may not be looked at: nothing is claimed about it', async () => {
    workflow.inject({ call: 's3:GetObject', fault: 'deny' });
    const { code, stdout, stderr } = await replay('--key', 'nowhere.jpg');
    workflow.inject();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('/nowhere.jpg failed: ');
  });
});

describe('a prefix', () => {
  test('that was interrupted continues from its journal', async () => {
    const names = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => `album/${name}`);
    for (const key of names) await workflow.upload(key, await picture());
    await workflow.upload('album/readme.txt', 'no image by name');
    await workflow.idle();
    const journal = Journal.begin(path.join(workflow.dataDir, 'journal.jsonl'), {
      prefix: 'album/',
      bucket: workflow.bucket('uploads'),
    });
    journal.note('album/a.jpg', { kind: 'done' });
    journal.note('album/b.jpg', { kind: 'failed', reason: '' });

    const { code, stdout } = await replay('--resume', journal.file, '--rate', '100');
    expect(code).toBe(0);
    expect(stdout).toContain('2 images to replay: 2 DONE\n1 object without a record');
    expect(stdout).not.toContain('album/a.jpg');
    expect(stdout).toContain('2 images replayed: 2 done');
    // Everything is done, so there is nothing to resume.
    expect(await filesIn(workflow.dataDir)).not.toContain('journal.jsonl');
  });

  test('is refused if the file is not a journal, or is one of another bucket', async () => {
    const file = path.join(workflow.dataDir, 'other.jsonl');
    expect((await replay('--resume', file)).stderr).toContain('no such file');
    Journal.begin(file, { prefix: 'album/', bucket: 'another' });
    const { code, stderr } = await replay('--resume', file);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Expected a journal of') });
  });
});

test.each([
  ['no option that says which images', [], 'Expected one of --key'],
  ['two options that say which images', ['--key', 'a', '--prefix', 'b'], 'but received --key, --prefix'],
  ['something that is not a time', ['--failed-since', 'yesterday'], 'or a duration such as 2h or 3d'],
  ['a time in the future', ['--failed-since', '2999-01-01'], 'Expected a time in the past'],
  ['a key that is not in Base64', ['--key-base64', '%zz'], 'Expected a key in Base64'],
  ['a concurrency of zero', ['--key', 'a', '--concurrency', '0'], 'Expected a positive whole number'],
])('%s is a usage error', async (_, args, words) => {
  const { code, stderr } = await call('replay', ...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
});
