import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Backend, startBackend } from '../../../local-aws/dynamodb/backend';

const TableName = 'records';
const folder = mkdtempSync(path.join(tmpdir(), 'atomic-'));
let backend: Backend;

const call = async (operation: string, input: object) =>
  JSON.parse((await backend.call(operation, JSON.stringify({ TableName, ...input }))).body.toString());
const put = (id: string, day: string) =>
  backend.write('PutItem', JSON.stringify({ TableName, Item: { id: { S: id }, day: { S: day } } }));
const dayOf = async (id: string) => (await call('GetItem', { Key: { id: { S: id } } })).Item?.day.S;
const idsOn = async (day: string) => {
  const { Items } = await call('Query', {
    IndexName: 'by-day',
    KeyConditionExpression: '#d = :d',
    ExpressionAttributeNames: { '#d': 'day' },
    ExpressionAttributeValues: { ':d': { S: day } },
  });
  return (Items as { id: { S: string } }[]).map(({ id }) => id.S);
};

const refusalOf = (write: Promise<unknown>) =>
  write.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The disk refuses the next write, as LevelDB reports it. */
function fillDisk(): void {
  const { ClassicLevel } = require('classic-level');
  jest
    .spyOn(ClassicLevel.prototype, '_batch')
    .mockRejectedValueOnce(new Error('IO error: /data/000003.log: No space left on device') as never);
}

beforeAll(async () => {
  backend = await startBackend(folder);
  await call('CreateTable', {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'day'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-day',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  // dynalite makes tables in the background.
  while ((await call('DescribeTable', {})).Table?.TableStatus !== 'ACTIVE') await setImmediate();
});
afterAll(() => backend.close());

test('an item and its entry in an index are written in one step', async () => {
  const { ClassicLevel } = require('classic-level');
  const batch = jest.spyOn(ClassicLevel.prototype, '_batch');
  const single = jest.spyOn(ClassicLevel.prototype, '_put');
  await put('one', 'monday');
  await put('one', 'tuesday');
  expect([batch.mock.calls.length, single.mock.calls.length]).toEqual([2, 0]);
  expect(await idsOn('monday')).toEqual([]);
  expect(await idsOn('tuesday')).toEqual(['one']);
});

test('on a full disk a write is refused and changes nothing, reads go on, and the next write succeeds when there is room', async () => {
  await put('two', 'monday');
  fillDisk();
  expect(await refusalOf(put('two', 'friday'))).toMatchObject({
    code: 'InternalError',
    status: 500,
    message: expect.stringMatching(
      /^The disk of the local engine is full, so nothing was stored\. Make room/,
    ),
  });
  expect(await dayOf('two')).toBe('monday');
  expect([await idsOn('monday'), await idsOn('friday')]).toEqual([['two'], []]);
  await put('two', 'friday');
  expect([await idsOn('monday'), await idsOn('friday')]).toEqual([[], ['two']]);
});

test('what was written after that is there at the next start', async () => {
  fillDisk();
  await refusalOf(put('three', 'sunday'));
  await put('four', 'sunday');
  await backend.close();
  backend = await startBackend(folder);
  expect(await dayOf('four')).toBe('sunday');
  expect(await idsOn('sunday')).toEqual(['four']);
});
