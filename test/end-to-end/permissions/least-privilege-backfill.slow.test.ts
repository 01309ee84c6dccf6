import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type BackfillInput, divided } from '../../../contract/backfill';
import { picture } from '../../fixtures/images';
import { Workflow } from '../workflow';
import { grantLine } from './situations';
import { purge } from './support';

const UPLOADS = 'grants-uploads-000000000000-us-east-1';

let workflow: Workflow;
let states: SFNClient;

beforeAll(async () => {
  workflow = await Workflow.start({
    log: () => {},
    settings: { namePrefix: 'grants', backfill: { enabled: true, inventoryBucket: UPLOADS } },
    waitScale: 0.01,
  });
  states = new SFNClient(workflow.client());
  await workflow.process('photo.jpg', await picture());
});

afterAll(async () => {
  states?.destroy();
  await workflow?.end();
});

const machine = () => String(workflow.stack.outputs['backfill_state_machine_arn']);

async function end(executionArn: string) {
  for (;;) {
    const found = await states.send(new DescribeExecutionCommand({ executionArn }));
    const { status, error, cause, redriveCount } = found;
    if (status !== 'RUNNING') return { status, error, cause, redriveCount };
    await sleep(20);
  }
}

async function start(changes: Partial<BackfillInput> = {}) {
  const input: BackfillInput = {
    prefix: '',
    only: 'all',
    since: '',
    limit: 10,
    settings: '',
    ...divided(4),
    ...changes,
  };
  const { executionArn } = await states.send(
    new StartExecutionCommand({ stateMachineArn: machine(), input: JSON.stringify(input) }),
  );
  return executionArn as string;
}

/** Of the two roles that a backfill has. */
const isOfBackfill = (line: string) => /^grants-backfill(-machine)?-us-east-1 /.test(line);

test('a backfill needs each of its grants, and no other', async () => {
  // Its record is gone, so it is made again; another object is gone by the time that it is looked at.
  await new DynamoDBClient(workflow.client()).send(
    new DeleteItemCommand({
      TableName: String(workflow.stack.outputs['records_table']),
      Key: { id: { S: `${UPLOADS}/photo.jpg` } },
    }),
  );
  expect(await end(await start())).toEqual({ status: 'SUCCEEDED', redriveCount: 0 });
  expect(await workflow.record('photo.jpg')).toMatchObject({ status: 'DONE', sequencer: '0'.repeat(32) });

  workflow.inject({ function: 'backfill', fault: 'error' });
  const failed = await start();
  expect(await end(failed)).toMatchObject({
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
  });
  workflow.inject();
  await states.send(new RedriveExecutionCommand({ executionArn: failed }));
  expect(await end(failed)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });

  const put = (Key: string, Body: string) =>
    workflow.s3.send(new PutObjectCommand({ Bucket: UPLOADS, Key, Body }));
  await put('inventory/1.csv', `"${UPLOADS}","photo.jpg"\n"${UPLOADS}","gone.jpg"\n`);
  await put(
    'inventory/manifest.json',
    JSON.stringify({
      sourceBucket: UPLOADS,
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key',
      files: [{ key: 'inventory/1.csv' }],
    }),
  );
  const inventory = { bucket: UPLOADS, key: 'inventory/manifest.json' };
  expect(await end(await start({ inventory }))).toEqual({ status: 'SUCCEEDED', redriveCount: 0 });

  const { unneeded, denied } = workflow.permissions;
  expect(unneeded.map(grantLine).filter(isOfBackfill)).toEqual([]);
  expect(denied).toEqual([]);
});

test('the machine refuses what npm run backfill would not start', async () => {
  for (const input of [{ ...divided(4), children: 2 }, { limit: 'all' as never }]) {
    expect(await end(await start(input))).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  }
});

test('what is deleted before it is looked at is left alone', async () => {
  await purge(workflow, 'uploads', 'photo.jpg');
  await workflow.idle();
  expect(await end(await start())).toEqual({ status: 'SUCCEEDED', redriveCount: 0 });
  expect(await workflow.record('photo.jpg')).toMatchObject({ status: 'DELETED' });
});
