/** What is left after an erasure: nothing of the image, everything of its neighbours. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { keyToBase64 } from '../../contract/replay-command';
import example from '../../examples/delivery.settings.json';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import type { Ran } from './run';

jest.setTimeout(120_000);

let workflow: Workflow;
let photo: Buffer;
let isErasing = false;
/** Actions of IAM that erasing has taken. */
const actions = new Set<string>();

beforeAll(async () => {
  workflow = await Workflow.start({
    settings: example,
    waitScale: 0.01,
    log: () => {},
    gate: async ({ principal, action }) => {
      if (isErasing && principal.arn.includes(':user/')) actions.add(action);
    },
  });
  photo = await picture({ width: 800, height: 600 });
});
afterAll(() => workflow?.end());

async function erase(...args: string[]): Promise<Ran> {
  isErasing = true;
  try {
    return await call('erase', '--local', '--data', workflow.dataDir, ...args);
  } finally {
    isErasing = false;
  }
}

type BucketName = 'uploads' | 'thumbnails' | 'quarantine';

/** Versions and delete markers, for example `thumbnails a.jpg/small.jpg`. */
async function objects(): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['uploads', 'thumbnails', 'quarantine'] as BucketName[]) {
    const { Versions = [], DeleteMarkers = [] } = await workflow.s3.send(
      new ListObjectVersionsCommand({ Bucket: workflow.bucket(name) }),
    );
    found.push(...[...Versions, ...DeleteMarkers].map(({ Key }) => `${name} ${Key}`));
  }
  return found.sort();
}

/** Loads every variant through the CDN, twice: the second comes from its cache. @returns their URLs */
async function load(key: string): Promise<string[]> {
  const { onRequest = [], thumbnails = [] } = await workflow.record(key);
  const urls = [...(onRequest as { url: string }[]), ...(thumbnails as { url: string }[])].map(
    ({ url }) => url,
  );
  expect(urls.length).toBeGreaterThan(1);
  for (const url of urls) {
    expect((await fetch(url)).status).toBe(200);
    expect(await shown(url)).toEqual({ status: 200, cache: 'Hit from cloudfront' });
  }
  return urls;
}

const shown = async (url: string) => {
  const { status, headers } = await fetch(url);
  return { status, cache: headers.get('x-cache') };
};

test('an image is gone everywhere, and its neighbours are as they were', async () => {
  const key = 'photo one.jpg';
  const neighbours = [`${key}2.jpg`, `${key}/x.jpg`];
  for (const each of neighbours) await workflow.process(each, photo);
  const neighbourUrls = (await Promise.all(neighbours.map(load))).flat();
  const [records, others] = [
    () => Promise.all(neighbours.map((each) => workflow.record(each))),
    await objects(),
  ];
  const before = await records();
  await workflow.process(key, photo);
  await workflow.process(key, await picture({ width: 640, height: 480 }));
  const urls = await load(key);

  const dry = await erase('--key', key, '--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('1 image to erase: 1 DONE') });
  expect(await shown(urls[0]!)).toEqual({ status: 200, cache: 'Hit from cloudfront' });

  const { code, stdout } = await erase('--key-base64', keyToBase64(key));
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(
      '1 image erased: 2 versions of originals, 2 thumbnails, 0 copies in quarantine, 1 record.\nCloudFront has forgotten what it had cached.\nOut of reach',
    ),
  });
  expect(await workflow.record(key)).toEqual({});
  expect(await objects()).toEqual(others);
  expect(await records()).toEqual(before);
  for (const url of urls) expect(await shown(url)).toMatchObject({ status: 404 });
  for (const url of neighbourUrls) expect(await shown(url)).toMatchObject({ status: 200 });
  // No event that was still under way has written a record again.
  await workflow.idle();
  expect(await workflow.record(key)).toEqual({});

  const again = await erase('--key', key);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('There is nothing of s3://') });
});

test('of a failed upload, the copy in quarantine and messages in the queues go, too', async () => {
  const key = 'notes.jpg';
  await workflow.process(key, 'plain text');
  await workflow.process(key, 'other plain text');
  expect(await workflow.record(key)).toMatchObject({ status: 'FAILED' });
  const event = (about: string) => ({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: {
      bucket: { name: workflow.bucket('uploads') },
      object: { key: about, etag: 'e', sequencer: '1' },
    },
  });
  const sqs = new SQSClient(workflow.client());
  for (const about of [key, `${key}2.jpg`]) {
    const [QueueUrl, MessageBody] = [
      workflow.stack.outputs['dead_letter_queue_url'] as string,
      JSON.stringify(event(about)),
    ];
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
  sqs.destroy();

  const { code, stdout } = await erase('--key', key);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /2 versions of originals, 0 thumbnails, 2 copies in quarantine, 1 record\.\n.*\n1 message about them removed from the queues\./,
    ),
  });
  expect((await objects()).filter((each) => each.includes(key))).toEqual([]);
  expect(await workflow.record(key)).toEqual({});
  expect(await workflow.messages('dead-letters')).toBe(1);
});

test('a run that is under way, or goes to the backlog, leaves nothing behind', async () => {
  const key = 'racing.jpg';
  workflow.inject({ call: 's3:PutObject', by: 'thumbnail', fault: 'throttle', times: 2 });
  await workflow.upload(key, await picture({ width: 3_000, height: 2_000 }));
  while ((await workflow.record(key))['status'] !== 'PROCESSING') await sleep(10);
  const { code, stdout } = await erase('--key', key);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 image erased') });
  await workflow.idle();
  workflow.inject();
  expect((await objects()).filter((each) => each.includes(key))).toEqual([]);
  expect(await workflow.record(key)).toEqual({});
});

test('everything below a prefix is erased, after a question or with --yes', async () => {
  const keys = ['ana/1.jpg', 'ana/ü 2.jpg', 'ana/\u0001.jpg'];
  for (const key of [...keys, 'anabel/1.jpg']) await workflow.process(key, photo);
  await workflow.upload('ana/list.txt', 'a list');
  const urls = await load('ana/1.jpg');
  const kept = (await objects()).filter((each) => !/ ana\//.test(each));

  const unasked = await erase('--prefix', 'ana/');
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected --yes for --prefix') });
  const { code, stdout } = await erase('--prefix', 'ana/', '--yes');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^3 images to erase: 3 DONE\n[\s\S]*1 object that the workflow does not process and has nothing of: not erased\.[\s\S]*3 images erased/,
    ),
  });
  expect(await objects()).toEqual([...kept, 'uploads ana/list.txt'].sort());
  for (const key of keys) expect(await workflow.record(key)).toEqual({});
  expect(await workflow.record('anabel/1.jpg')).toMatchObject({ status: 'DONE' });
  for (const url of urls) expect(await shown(url)).toMatchObject({ status: 404 });
});

test('what may not be removed stays with its record and is named; the next erasure finishes', async () => {
  const key = 'denied.jpg';
  await workflow.process(key, photo);
  workflow.inject({ call: 's3:DeleteObjectVersion', fault: 'deny' });
  const { code, stdout } = await erase('--key', key);
  workflow.inject();
  expect(code).toBe(1);
  expect(stdout).toMatch(/Not erased: .*version \S+ of s3:\/\/\S+-uploads-\S+\/denied\.jpg/);
  expect(stdout).toContain('It needs s3:DeleteObjectVersion.');
  // It is hidden, as after any deletion.
  expect(await workflow.keys('uploads')).not.toContain(key);
  expect(await workflow.record(key)).toMatchObject({ status: 'DELETED' });

  expect(await erase('--key', key)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 image erased'),
  });
  expect((await objects()).filter((each) => each.includes(key))).toEqual([]);
  expect(await workflow.record(key)).toEqual({});
});

test('erasing takes the permissions that docs/operations.md lists', () => {
  const document = readFileSync(path.join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const [, listed] = /<!-- permissions of erase -->\n\n```text\n([\s\S]*?)\n```/.exec(document)!;
  // AWS has no list of Express executions, so only the engine is asked.
  actions.delete('states:ListExecutions');
  expect([...actions].sort()).toEqual(listed!.split('\n'));
});
