/**
 * A bucket full of objects from before the workflow, on the local engine, with its policies enforced. `BACKFILL_OBJECTS=3000` runs
 * the same with as many.
 */
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { synthesizedIn } from '../../cli/lib/synthesize';
import { countsIn, finishedIn } from '../../contract/backfill';
import type { ImageRecord } from '../../contract/record';
import { USER_CREDENTIALS } from '../../local-aws';
import { run } from '../cli/run';
import sharp from '../fixtures/sharp';
import { EngineProcess } from '../soak/engine/engine';
import { synthesisOf } from './synthesis';

const OBJECTS = Number(process.env['BACKFILL_OBJECTS'] ?? 600);
/** Every tenth is no image, whatever its name says. */
const isBad = (n: number) => n % 10 === 9;
const CHANGED = OBJECTS / 15;
const DELETED = OBJECTS / 30;
const BAD = OBJECTS / 10;

/** Of the last objects, so that most of them have not been looked at when they change. */
const good = Array.from({ length: OBJECTS }, (_, n) => n).filter((n) => !isBad(n));
const changed = new Set(good.slice(-CHANGED * 2).filter((_, n) => n % 2 === 0));
const deleted = new Set(good.slice(-DELETED * 4).filter((_, n) => n % 4 === 1));

const number = (value: number) => value.toLocaleString('en-US');

const keyOf = (n: number) => `old/${String(n).padStart(4, '0')}.jpg`;

let dataDir: string;
let engine: Awaited<ReturnType<typeof EngineProcess.start>>;
let stacks: { before: string; after: string };
let pictures: Buffer[];

/** Works on all items, some at once. */
async function each<Item>(items: Iterable<Item>, work: (item: Item) => Promise<unknown>): Promise<void> {
  const source = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = source.next(); !next.done; next = source.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const client = () => ({ endpoint: engine.endpoint, region: 'us-east-1', credentials: USER_CREDENTIALS });
const output = (name: string) => String(engine.outputs[name]);
const s3 = () => new S3Client(client());
const put = (to: S3Client, n: number, Body: Buffer) =>
  to.send(new PutObjectCommand({ Bucket: output('uploads_bucket'), Key: keyOf(n), Body }));

const start = (stackFile: string) =>
  EngineProcess.start({ dataDir, stackFile, log: path.join(dataDir, '..', `${path.basename(dataDir)}.log`) });

async function itemsOf(): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  const table = { TableName: output('records_table') };
  for await (const { Items = [] } of paginateScan({ client: new DynamoDBClient(client()) }, table)) {
    items.push(...Items.map((item) => unmarshall(item)));
  }
  return items;
}

const backfill = (args: string[], interruptAfter?: RegExp) =>
  run('backfill', ['--local', '--data', dataDir, ...args], interruptAfter ? { interruptAfter } : {});

async function messagesTo(topic: string): Promise<Record<string, string>[]> {
  const name = output(`${topic}_topic_arn`).split(':').at(-1);
  const text = await readFile(path.join(dataDir, 'messages', `${name}.jsonl`), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function latest() {
  const states = new SFNClient(client());
  const { executions = [] } = await states.send(
    new ListExecutionsCommand({ stateMachineArn: output('backfill_state_machine_arn'), maxResults: 1 }),
  );
  return states.send(new DescribeExecutionCommand({ executionArn: executions[0]?.executionArn }));
}

beforeAll(async () => {
  const settings = {
    backfill: { enabled: true, concurrency: 8 },
    notifications: { operations: ['ops@example.com'] },
  };
  const [before, after] = await Promise.all([
    synthesisOf({ ...settings, uploads: { suffixes: ['none'] } }),
    synthesisOf(settings),
  ]);
  stacks = { before: await synthesizedIn(before), after: await synthesizedIn(after) };
  dataDir = await mkdtemp(path.join(tmpdir(), 'backfill-'));
  pictures = await Promise.all(
    [40, 200].map((b) =>
      sharp({ create: { width: 8, height: 6, channels: 3, background: { r: 0, g: 0, b } } })
        .jpeg()
        .toBuffer(),
    ),
  );
  engine = await start(stacks.before);
  const to = s3();
  await each(Array(OBJECTS).keys(), (n) => put(to, n, isBad(n) ? Buffer.from(`text ${n}`) : pictures[0]!));
  await engine.stop();
  await symlink(path.resolve(path.dirname(stacks.after), '../..'), path.join(dataDir, 'synth'));
  engine = await start(stacks.after);
}, 300_000);

afterAll(async () => {
  await engine?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('says the price first, and starts nothing in a dry run', async () => {
  const { code, stdout } = await backfill(['--dry-run']);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toContain(`${number(OBJECTS)} images`);
  expect(stdout).toContain('0 have a record already');
  expect(stdout).toMatch(/If every image is made, it costs [\d.]+ USD and takes .* with 8 images at once/);
  expect(stdout).toMatch(/Lambda +[\d.<]/);
  expect(stdout).toContain('nothing was started');
  expect(await itemsOf()).toEqual([]);
});

test('a run goes on when its command ends, while objects change and go, and after a kill', async () => {
  const { stdout } = await backfill(['--yes'], /Ctrl-C leaves it running/);
  expect(stdout).toMatch(/To look again: npm run backfill -- --local --data \S+ --status backfill-/);

  const finished = async () => {
    const item = (await itemsOf()).find(({ id }) => String(id).startsWith('backfill#'));
    return item ? finishedIn(countsIn(item)) : 0;
  };
  while ((await finished()) < OBJECTS / 8) await sleep(100);
  const second = await backfill(['--yes']);
  expect(second).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('two would look at the same objects'),
  });

  const to = s3();
  await each(changed, (n) => put(to, n, pictures[1]!));
  await each(deleted, (n) =>
    to.send(new DeleteObjectCommand({ Bucket: output('uploads_bucket'), Key: keyOf(n) })),
  );
  await engine.kill();
  engine = await start(stacks.after);
  expect(await latest()).toMatchObject({ status: 'RUNNING' });
  const status = await backfill(['--status']);
  // Images failed, so it is not 0.
  expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining('UnsupportedFormat') });
  expect(await latest()).toMatchObject({ status: 'SUCCEEDED', redriveCount: 0 });
  await engine.ask('idle');
}, 900_000);

test('every thumbnail is of the newest version, and what is bad or gone has none', async () => {
  const records = new Map((await itemsOf()).map((item) => [item['key'], item as unknown as ImageRecord]));
  const to = s3();
  const thumbnails = new Set<string>();
  const listing = { Bucket: output('thumbnails_bucket') };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: to }, listing)) {
    for (const { Key } of Contents) thumbnails.add(Key as string);
  }
  const wrong: string[] = [];
  await each(Array(OBJECTS).keys(), async (n) => {
    const key = keyOf(n);
    const record = records.get(key);
    const thumbnail = `${key}/thumbnail.jpg`;
    if (deleted.has(n) || isBad(n)) {
      if (record?.status !== (isBad(n) ? 'FAILED' : 'DELETED') || thumbnails.has(thumbnail)) wrong.push(key);
      return;
    }
    const [{ VersionId }, { Metadata }] = await Promise.all([
      to.send(new HeadObjectCommand({ Bucket: output('uploads_bucket'), Key: key })),
      to.send(new HeadObjectCommand({ Bucket: output('thumbnails_bucket'), Key: thumbnail })),
    ]);
    const isRight =
      record?.status === 'DONE' &&
      record.version === VersionId &&
      Metadata?.['source-version'] === VersionId &&
      /^0+$/.test(record.sequencer) !== changed.has(n);
    if (!isRight) wrong.push(key);
  });
  expect(wrong).toEqual([]);
  expect(thumbnails.size).toBe(OBJECTS * 0.9 - DELETED);
}, 300_000);

test('the report names each failure', async () => {
  const { code, stdout } = await backfill(['--report']);
  expect(code).toBe(1);
  expect(stdout.split('\n').filter((line) => /^UnsupportedFormat +old\/\d{4}\.jpg /.test(line))).toHaveLength(
    BAD,
  );
  expect(stdout).toContain(`${number(BAD)} images FAILED: ${number(BAD)} UnsupportedFormat`);
});

test('nobody was notified of single images, and once of the run', async () => {
  expect(await messagesTo('errors')).toEqual([]);
  const processed = (await messagesTo('processed')).map(({ Message }) => JSON.parse(Message!));
  expect(new Set(processed.map(({ source }) => source.key))).toEqual(new Set([...changed].map(keyOf)));
  const told = await messagesTo('operations');
  expect(told).toMatchObject([{ Subject: expect.stringMatching(/^Backfill: \d+ made, \d+ failed/) }]);
});

test('a second run leaves everything alone', async () => {
  const left = OBJECTS - DELETED;
  const { code, stdout } = await backfill(['--yes']);
  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).toContain(
    `${number(left)} of ${number(left)}, 0 made, ${number(left)} left alone, 0 failed`,
  );
  expect(stdout).toContain(`${number(left - BAD)} done already, ${number(BAD)} failed before`);
  const executions = await backfill(['--report']);
  expect(executions.stdout).toContain(`0 images made, ${number(BAD)} images FAILED`);
}, 300_000);

test.each([
  [
    'a prefix under which there is nothing',
    ['--prefix', 'odl/', '--dry-run'],
    1,
    'There is no object under s3://',
  ],
  [
    'more at once than the settings allow',
    ['--concurrency', '9', '--yes'],
    2,
    'Expected at most 8 for --concurrency',
  ],
  [
    'an inventory that a backfill may not read',
    ['--inventory', 's3://reports/all/manifest.json'],
    2,
    'backfill.inventoryBucket, which is not set',
  ],
  ['a start without --yes where nobody can be asked', ['--prefix', 'odl/'], 2, 'Expected --yes'],
  ['a run that there is none of', ['--status', 'backfill-1'], 2, 'backfill-1'],
])('%s is refused', async (_, args, code, words) => {
  const answer = await backfill(args);
  expect(answer).toMatchObject({ code });
  expect(answer.stdout + answer.stderr).toContain(words);
});

test('if nothing was changed since, nothing is started', async () => {
  const { code, stdout } = await backfill(['--dry-run', '--since', new Date().toISOString()]);
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('but none is named') });
});
