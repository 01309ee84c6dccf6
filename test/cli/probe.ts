/** What the tests of doctor share: an engine to probe, and what is left of a probe. */
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { CLOCK } from '../../cli/lib/clock';
import { Workflow } from '../end-to-end/workflow';
import { call } from './call';
import { type Ran, Stack } from './run';

const SETTINGS = {
  uploads: { prefix: 'incoming/', suffixes: ['png', 'jpg'] },
  presets: [{ name: 'default', prefix: 'incoming/', variants: [{ name: 'thumbnail', width: 32 }] }],
  notifications: {
    processed: ['done@example.com'],
    errors: ['failed@example.com'],
    operations: ['ops@example.com'],
  },
};

export let stack: Stack;
export let workflow: Workflow;

/** For the tests of one file. */
export function useEngine(): void {
  beforeAll(async () => {
    stack = await Stack.synthesize(SETTINGS);
    workflow = await Workflow.start({ stackFile: stack.file, waitScale: 0.01, log: () => {} });
    await stack.link(workflow.dataDir);
  });

  // Time passes as soon as the workflow has nothing more to do, so no test waits for what won't come.
  beforeEach(() => {
    let time = 0;
    jest.spyOn(CLOCK, 'now').mockImplementation(() => time);
    jest.spyOn(CLOCK, 'wait').mockImplementation(async (milliseconds) => {
      await workflow.idle();
      time += milliseconds;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  afterAll(async () => {
    await workflow?.end();
    await stack?.end();
  });
}

export const args = (seconds: number) => [
  '--local',
  '--data',
  workflow.dataDir,
  '--timeout',
  String(seconds),
];

export const doctor = (seconds = 20): Promise<Ran> => call('doctor', ...args(seconds));

export async function versions(name: 'uploads' | 'quarantine'): Promise<unknown[]> {
  const command = new ListObjectVersionsCommand({ Bucket: workflow.bucket(name) });
  const { Versions = [], DeleteMarkers = [] } = await workflow.s3.send(command);
  return [...Versions, ...DeleteMarkers];
}

export async function items(): Promise<unknown> {
  const command = new ScanCommand({ TableName: workflow.stack.outputs['records_table'] as string });
  return (await new DynamoDBClient(workflow.client()).send(command)).Items;
}

/** What is left of probes, as doctor would name it. */
export async function left(): Promise<string[]> {
  const objects = await Promise.all(
    (['uploads', 'thumbnails', 'quarantine'] as const).map(async (name) => {
      const bucket = workflow.bucket(name);
      const { Versions = [], DeleteMarkers = [] } = await workflow.s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket }),
      );
      return [...Versions, ...DeleteMarkers].map(({ Key }) => `s3://${bucket}/${Key}`);
    }),
  );
  // A tombstone expires by itself.
  const records = ((await items()) as { id: { S: string }; expiresAt?: object }[])
    .filter(({ expiresAt }) => !expiresAt)
    .map(({ id }) => `the record ${id.S}`);
  return [...new Set([...objects.flat(), ...records])];
}

/** What someone may not do, whether something stays, and what doctor says. */
export const RIGHTS: [what: string, actions: string[], stays: boolean, words: RegExp][] = [
  ['list versions', ['s3:ListBucketVersions'], false, /✓ Everything the probe left has been removed/],
  ['delete versions', ['s3:DeleteObjectVersion'], true, /! Not everything .*\n.*s3:DeleteObjectVersion/],
  [
    'list or delete versions',
    ['s3:ListBucketVersions', 's3:DeleteObjectVersion'],
    true,
    /! Not everything .*\n.*s3:ListBucketVersions/,
  ],
  [
    'delete the record',
    ['dynamodb:DeleteItem'],
    false,
    /! Not everything .*: the record .*\n.*dynamodb:DeleteItem/,
  ],
  [
    'read the record',
    ['dynamodb:GetItem'],
    false,
    /! The record of the probe could not be read.*\n.*dynamodb:GetItem/,
  ],
];

/** Expects that nothing of a probe is left: no version, thumbnail, copy or record. */
export async function expectNothingLeft(): Promise<void> {
  await workflow.idle();
  const keys = await Promise.all(
    (['uploads', 'thumbnails', 'quarantine'] as const).map((name) => workflow.keys(name)),
  );
  expect(keys).toEqual([[], [], []]);
  expect(await versions('uploads')).toEqual([]);
  expect(await versions('quarantine')).toEqual([]);
  expect(await items()).toEqual([]);
}
