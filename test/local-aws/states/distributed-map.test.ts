import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsError } from '../../../local-aws/service';
import type { StateMachine } from '../../../local-aws/stack/model';
import { checkStateMachine } from '../../../local-aws/states/check';
import { createStateMachines } from '../../../local-aws/states/machines';
import type { StateMachines } from '../../../local-aws/states/model';
import { type Endpoint, startEndpoint } from '../s3/harness';
import { functionArn, machineOf, scripted, servicesOf } from './scripted';

type Json = Record<string, unknown>;
interface Payload {
  BatchInput: { run: string };
  Items: { Key: string }[];
}

const map = (changes: Json = {}): Json => ({
  Type: 'Map',
  Label: 'Objects',
  ItemReader: {
    Resource: 'arn:aws:states:::s3:listObjectsV2',
    ReaderConfig: { MaxItemsPath: '$.limit' },
    Parameters: { Bucket: 'plain', 'Prefix.$': '$.prefix' },
  },
  ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'run.$': '$$.Execution.Name' } },
  MaxConcurrency: 2,
  ToleratedFailurePercentage: 50,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
    StartAt: 'Work',
    States: { Work: { Type: 'Task', Resource: functionArn('Work'), End: true } },
  },
  ResultWriter: {
    Resource: 'arn:aws:states:::s3:putObject',
    Parameters: { Bucket: 'silent', Prefix: 'out' },
  },
  ResultPath: '$.map',
  Next: 'After',
  ...changes,
});

const machineWith = (state: Json): StateMachine => ({
  ...machineOf({
    StartAt: 'Map',
    States: { Map: state, After: { Type: 'Pass', End: true } },
  }),
  type: 'STANDARD',
});

let s3: Endpoint;
/** Asked of IAM, in order. */
let asked: string[];
let denied: string | undefined;
let open: StateMachines[];

beforeAll(async () => {
  s3 = await startEndpoint();
  for (const key of ['a/1', 'a/2', 'a/3 ä', 'a/4', 'a/5', 'b/1']) {
    await s3.client.send(new PutObjectCommand({ Bucket: 'plain', Key: key, Body: key }));
  }
});
afterAll(() => s3?.stop());
beforeEach(() => {
  asked = [];
  denied = undefined;
  open = [];
});
afterEach(async () => {
  for (const machines of open) await machines.close();
});

type Work = (payload: Payload) => Promise<unknown>;

function engine(work: Work, state = map(), dataDir = mkdtempSync(join(tmpdir(), 'map-'))) {
  const machine = machineWith(state);
  const machines = createStateMachines({
    machines: [machine],
    dataDir,
    services: { ...servicesOf(scripted()), invokeFunction: (_, payload) => work(payload as Payload) },
    maps: {
      allow: async (_, action, resource) => {
        asked.push(
          `${action} ${resource
            .split(':')
            .slice(5)
            .join(':')
            .replace(/[0-9a-f-]{36}/, 'ID')}`,
        );
        if (action === denied) throw new AwsError('AccessDenied', `no ${action}`, 403);
      },
      s3: async () => s3.client,
    },
    waitScale: 0.01,
  });
  open.push(machines);
  return { machine, machines, dataDir };
}

const input = { prefix: 'a/', limit: 100 };
const keysOf = ({ Items }: Payload) => Items.map(({ Key }) => Key);

async function read(key: string) {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'silent', Key: key }));
  return JSON.parse(await Body!.transformToString());
}

test('runs a child for each batch of the objects under a prefix, and writes what they answered', async () => {
  const seen: Payload[] = [];
  const { machine, machines } = engine(async (payload) => {
    seen.push(payload);
    return { worked: payload.Items.length };
  });
  const { executionArn, done } = machines.start(machine.arn, input, 'run-1');
  expect(executionArn).toBe('arn:aws:states:us-east-1:123456789012:execution:machine:run-1');
  expect(await done).toMatchObject({ status: 'SUCCEEDED' });

  expect(seen.map(keysOf)).toEqual([['a/1', 'a/2'], ['a/3 ä', 'a/4'], ['a/5']]);
  expect(seen[0]).toMatchObject({
    BatchInput: { run: 'run-1' },
    Items: [{ Key: 'a/1', Size: 3, LastModified: expect.any(Number), Etag: expect.any(String) }, {}],
  });
  const [run] = machines.mapRuns(executionArn);
  const { output } = await machines.describe(executionArn);
  const { map: result } = JSON.parse(output!);
  expect(result).toEqual({
    MapRunArn: run!.run.mapRunArn,
    ResultWriterDetails: { Bucket: 'silent', Key: `out/${run!.run.id}/manifest.json` },
  });
  const manifest = await read(result.ResultWriterDetails.Key);
  expect(manifest).toMatchObject({ DestinationBucket: 'silent', MapRunArn: run!.run.mapRunArn });
  const [{ Key }] = manifest.ResultFiles.SUCCEEDED;
  expect((await read(Key)).map(({ Output, Status }: Json) => [Status, JSON.parse(String(Output))])).toEqual([
    ['SUCCEEDED', { worked: 2 }],
    ['SUCCEEDED', { worked: 2 }],
    ['SUCCEEDED', { worked: 1 }],
  ]);
  const types = (await machines.history(executionArn)).map(({ type }) => type);
  expect(types).toEqual([
    ...['ExecutionStarted', 'MapStateEntered', 'MapRunStarted', 'MapRunSucceeded', 'MapStateExited'],
    ...['PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
  ]);
});

test('asks IAM for what AWS documents, with the role of the machine', async () => {
  const { machine, machines } = engine(async () => ({}));
  await machines.start(machine.arn, { ...input, limit: 2 }).done;
  expect(asked).toEqual([
    'states:DescribeExecution execution:machine:ID',
    'states:StartExecution stateMachine:machine',
  ]);
});

test.each([
  ['states:StartExecution', 'AccessDenied'],
  ['states:DescribeExecution', 'AccessDenied'],
])('fails without %s', async (action, error) => {
  denied = action;
  const { machine, machines } = engine(async () => ({}));
  expect(await machines.start(machine.arn, input).done).toMatchObject({ status: 'FAILED', error });
});

test.each([
  ['s3:ListBucket', 'States.ItemReaderFailed'],
  ['s3:PutObject', 'States.ResultWriterFailed'],
  ['s3:AbortMultipartUpload', 'States.ResultWriterFailed'],
  ['s3:ListMultipartUploadParts', 'States.ResultWriterFailed'],
  ['s3:GetObject', 'States.ResultWriterFailed'],
])('without %s it fails as %s', async (action, error) => {
  s3.denied.set(action, new AwsError('AccessDenied', 'Access Denied', 403));
  const { machine, machines } = engine(async () => ({}));
  const ended = await machines.start(machine.arn, input).done;
  s3.denied.clear();
  expect(ended).toMatchObject({ status: 'FAILED', error, cause: expect.stringContaining('AccessDenied') });
});

test('no more children run at once than its concurrency', async () => {
  let running = 0;
  let most = 0;
  const { machine, machines } = engine(
    async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return {};
    },
    map({ ItemBatcher: { MaxItemsPerBatch: 1 } }),
  );
  await machines.start(machine.arn, input).done;
  expect(most).toBe(2);
});

const failing =
  (...keys: string[]): Work =>
  async (payload) => {
    if (keysOf(payload).some((key) => keys.includes(key)))
      throw Object.assign(new Error('{}'), { name: 'Broken' });
    return {};
  };

test('failures within the tolerated share of the items let it succeed, and are in the results', async () => {
  const { machine, machines } = engine(failing('a/1'));
  const { executionArn, done } = machines.start(machine.arn, input);
  expect(await done).toMatchObject({ status: 'SUCCEEDED' });
  const { run } = machines.mapRuns(executionArn)[0]!;
  const { ResultFiles } = await read(`out/${run.id}/manifest.json`);
  expect(await read(ResultFiles.FAILED[0].Key)).toMatchObject([{ Status: 'FAILED', Error: 'Broken' }]);
  await expect(machines.redrive(executionArn)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
});

test('more failures stop it, and a redrive runs only what has not succeeded', async () => {
  const seen: string[][] = [];
  let work = failing('a/1', 'a/3 ä');
  const { machine, machines } = engine((payload) => {
    seen.push(keysOf(payload));
    return work(payload);
  });
  const { executionArn, done } = machines.start(machine.arn, input, 'run');
  expect(await done).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  expect(asked).toContain('states:StopExecution execution:machine:ID');

  work = async () => ({});
  const before = seen.splice(0).filter(([key]) => key === 'a/5').length;
  await machines.redrive(executionArn);
  expect(await machines.start(machine.arn, input, 'run').done).toMatchObject({
    status: 'SUCCEEDED',
    redriveCount: 1,
  });
  expect(asked).toContain('states:RedriveExecution execution:machine/Objects:ID');
  expect(seen.flat().sort()).toEqual(['a/1', 'a/2', 'a/3 ä', 'a/4', ...(before ? [] : ['a/5'])]);
  expect(machines.mapRuns(executionArn)).toMatchObject([{ status: 'SUCCEEDED', redriveCount: 1 }]);
});

test('another engine on the same folder goes on where one was closed, with the children that had not ended', async () => {
  let reached = () => {};
  const second = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const hang: Work = async ({ Items }) => {
    if (Items[0]!.Key === 'a/1') return {};
    reached();
    return new Promise(() => {});
  };
  const one = engine(hang, map({ MaxConcurrency: 1 }));
  const { executionArn } = one.machines.start(one.machine.arn, input, 'long');
  await second;
  await one.machines.close();

  const seen: string[][] = [];
  const next = engine(
    async (payload) => {
      seen.push(keysOf(payload));
      return {};
    },
    map({ MaxConcurrency: 1 }),
    one.dataDir,
  );
  expect(await next.machines.describe(executionArn)).toMatchObject({ status: 'RUNNING' });
  await next.machines.goOn();
  expect(await next.machines.start(next.machine.arn, input, 'long').done).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(seen).toEqual([['a/3 ä', 'a/4'], ['a/5']]);
  const types = (await next.machines.history(executionArn)).map(({ type, id }) => `${id} ${type}`);
  expect(types.filter((type) => type.endsWith('MapRunStarted'))).toHaveLength(1);
  expect(new Set(types.map((type) => type.split(' ')[0])).size).toBe(types.length);
});

test('it can be stopped, and then redriven', async () => {
  let work: Work = () => new Promise(() => {});
  const { machine, machines } = engine((payload) => work(payload));
  const { executionArn } = machines.start(machine.arn, input, 'stopped');
  while (machines.mapRuns(executionArn).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await machines.stop(executionArn, 'Enough', 'of it')).toMatchObject({ status: 'ABORTED' });
  expect(machines.mapRuns(executionArn)).toMatchObject([{ status: 'ABORTED' }]);
  work = async () => ({});
  await machines.redrive(executionArn);
  expect(await machines.start(machine.arn, input, 'stopped').done).toMatchObject({ status: 'SUCCEEDED' });
});

test('a name is used once, except for the same start while it runs', async () => {
  const { machine, machines } = engine(async () => ({}));
  const first = machines.start(machine.arn, input, 'once');
  expect(machines.start(machine.arn, input, 'once').executionArn).toBe(first.executionArn);
  expect(() => machines.start(machine.arn, { ...input, limit: 1 }, 'once')).toThrow(/Already Exists/);
  await first.done;
  expect(() => machines.start(machine.arn, input, 'once')).toThrow(/Already Exists/);
});

test('reads the rows of an inventory in CSV', async () => {
  const rows = ['"plain","a/1","3"', '"plain","a/b%2C+c","4"'].join('\n');
  const put = (Key: string, Body: string | Buffer) =>
    s3.client.send(new PutObjectCommand({ Bucket: 'silent', Key, Body }));
  await put('inventory/data/1.csv.gz', gzipSync(rows));
  const manifest = {
    sourceBucket: 'plain',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [{ key: 'inventory/data/1.csv.gz' }],
  };
  await put('inventory/manifest.json', JSON.stringify(manifest));
  const seen: unknown[] = [];
  const { machine, machines } = engine(
    async ({ Items }) => {
      seen.push(...Items);
      return {};
    },
    map({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'MANIFEST' },
        Parameters: { Bucket: 'silent', Key: 'inventory/manifest.json' },
      },
    }),
  );
  expect(await machines.start(machine.arn, input).done).toMatchObject({ status: 'SUCCEEDED' });
  expect(seen).toEqual([
    { Bucket: 'plain', Key: 'a/1', Size: '3' },
    { Bucket: 'plain', Key: 'a/b%2C+c', Size: '4' },
  ]);
});

test.each<[string, Json, string]>([
  [
    'an inline Map',
    { ItemProcessor: { StartAt: 'Work', States: {} } },
    'a Map state in INLINE mode is not supported',
  ],
  [
    'STANDARD children',
    {
      ItemProcessor: {
        ...(map()['ItemProcessor'] as Json),
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      },
    },
    'children of a Map state have to be EXPRESS',
  ],
  [
    'a tolerated count',
    { ToleratedFailureCount: 3 },
    'ToleratedFailureCount of a Map state is not supported',
  ],
  ['an item selector', { ItemSelector: {} }, 'ItemSelector of a Map state is not supported'],
  ['no batches', { ItemBatcher: undefined }, 'a Map state without ItemBatcher is not supported'],
  ['no results', { ResultWriter: undefined }, 'a Map state without a ResultWriter'],
  [
    'another reader',
    { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSONL' } } },
    'ItemReader.ReaderConfig.InputType "JSONL" is not supported',
  ],
  [
    'a function of Step Functions in the batch input',
    { ItemBatcher: { MaxItemsPerBatch: 1, BatchInput: { 'id.$': 'States.UUID()' } } },
    'only a path of names is supported',
  ],
])('refuses %s by its name', (_, changes, message) => {
  const state = JSON.parse(JSON.stringify(map(changes))) as Json;
  expect(() => checkStateMachine(machineWith(state))).toThrow(message);
});

test('refuses a Distributed Map in an EXPRESS machine', () => {
  expect(() => checkStateMachine({ ...machineWith(map()), type: 'EXPRESS' })).toThrow(
    'needs a STANDARD state machine',
  );
});
