import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { claim } from '../../functions/lib/records/updates';
import { Workflow } from '../end-to-end/workflow';
import { EXECUTION, imageOf, sourceAt } from '../functions/support';
import { call } from './call';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start();
}, 60_000);
afterAll(() => workflow?.end());

const stuck = (...args: string[]) => call('stuck', '--local', '--data', workflow.dataDir, ...args);

/** Claims an image as Validate did so many minutes ago, and does nothing after that. */
async function claimed(key: string, minutes: number): Promise<void> {
  const image = imageOf(sourceAt(1, { key }));
  const update = claim(image, [`${key}/thumbnail.jpg`], EXECUTION, new Date(Date.now() - minutes * 60_000));
  const { Key, ExpressionAttributeValues, ...rest } = update;
  await new DynamoDBClient(workflow.client()).send(
    new UpdateItemCommand({
      ...rest,
      TableName: workflow.stack.outputs['records_table'] as string,
      Key: marshall(Key),
      ExpressionAttributeValues: marshall(ExpressionAttributeValues, { removeUndefinedValues: true }),
    }),
  );
}

test('images whose executions stopped are listed, the oldest first', async () => {
  expect(await stuck()).toMatchObject({
    code: 0,
    stdout: 'No image has been PROCESSING for more than 10 minutes.\n',
  });
  await claimed('new.jpg', 5);
  await claimed('old one.jpg', 11);
  await claimed('older.jpg', 70);

  const { bucket } = sourceAt(1);
  const { code, stdout } = await stuck();
  expect(code).toBe(1);
  expect(stdout.split('\n').map((line) => line.replace(/^\S+ +/, ''))).toEqual([
    `s3://${bucket}/older.jpg`,
    `s3://${bucket}/old one.jpg`,
    `images have been PROCESSING for more than 10 minutes. To run one again: npm run replay -- --local --data ${workflow.dataDir} --key KEY`,
    '',
  ]);
  expect((await stuck('--minutes', '60')).stdout).toMatch(
    /^\S+ +\S+older\.jpg\n1 image has been PROCESSING for more than 60 minutes\..*\n$/,
  );
}, 60_000);

test('whoever writes the table controls no terminal', async () => {
  await claimed('odd.jpg', 70);
  await new DynamoDBClient(workflow.client()).send(
    new UpdateItemCommand({
      TableName: workflow.stack.outputs['records_table'] as string,
      Key: marshall({ id: `${sourceAt(1).bucket}/odd.jpg` }),
      UpdateExpression: 'SET startedAt = :odd',
      ExpressionAttributeValues: marshall({ ':odd': '2020\u001b[32m\nDone' }),
    }),
  );
  expect((await stuck()).stdout).toMatch(/^2020\\u001b\[32m\\u000aDone {2}s3:\S+odd\.jpg$/m);
}, 60_000);

test('minutes that are not a number are refused, with the usage', async () => {
  const { code, stderr } = await stuck('--minutes', 'ten');
  expect(code).toBe(2);
  expect(stderr).toContain('Expected a positive number for --minutes but received "ten"');
  expect(stderr).toContain('Usage: npm run stuck');
}, 30_000);
