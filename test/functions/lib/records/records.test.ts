import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ImageRecord } from '../../../../contract/record';
import { recordId } from '../../../../contract/source';
import { Records } from '../../../../functions/lib/records/records';
import { survive } from '../../../../functions/lib/records/updates';
import { access, serve } from '../../server';
import { sourceAt } from '../../support';

const source = sourceAt(1);
const item = { id: { S: recordId(source) }, status: { S: 'DONE' } };

/** Has a table that gives this answer to each request. @returns the requests */
async function withAnswer(status: number, answer: object, run: (records: Records) => Promise<void>) {
  const asked: unknown[] = [];
  const server = await serve(async (request, response) => {
    asked.push(JSON.parse(await text(request)));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
  });
  try {
    await run(new Records('records', { ...access, maxAttempts: 1, endpoint: server.endpoint }));
  } finally {
    await server.close();
  }
  return asked;
}

const update = {
  ...survive(source, source),
  ExpressionAttributeValues: { ':one': { a: 1, b: undefined } },
};

// The local table is always consistent, so only the request can show that a consistent read is requested.
test('a record is read consistently: with a stale one, a run that lost could believe that it had won', async () => {
  const asked = await withAnswer(200, {}, async (records) => {
    expect(await records.find(source)).toBeNull();
  });
  expect(asked).toEqual([
    {
      TableName: 'records',
      Key: { id: { S: `${source.bucket}/${source.key}` } },
      ConsistentRead: true,
    },
  ]);
});

test('an update is sent as it is, without what has no value', async () => {
  const asked = await withAnswer(200, { Attributes: item }, async (records) => {
    expect(await records.apply(update)).toEqual({
      applied: true,
      before: { id: recordId(source), status: 'DONE' } as ImageRecord,
    });
  });
  expect(asked).toEqual([
    {
      ...update,
      TableName: 'records',
      Key: { id: item.id },
      ExpressionAttributeValues: { ':one': { M: { a: { N: '1' } } } },
    },
  ]);
});

const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'no' };

test('an update whose condition does not hold is refused because of what is there', async () => {
  await withAnswer(400, { ...refusal, Item: item }, async (records) => {
    expect(await records.apply(update)).toEqual({
      applied: false,
      current: { id: recordId(source), status: 'DONE' },
    });
  });
});

test('a refusal that does not say what is there is an error, as is every other answer', async () => {
  await withAnswer(400, refusal, async (records) => {
    await expect(records.apply(update)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });
  const other = { __type: 'x#ResourceNotFoundException', Item: item };
  await withAnswer(400, other, async (records) => {
    await expect(records.apply(update)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a function that starts on Lambda', () => {
  afterEach(() => {
    delete process.env['AWS_LAMBDA_INITIALIZATION_TYPE'];
    jest.restoreAllMocks();
  });

  test('rehearses the update of a record of its table', () => {
    const send = jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async () => ({}));
    process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] = 'on-demand';
    new Records('records', access);
    expect(send.mock.calls.map(([command]) => command.input)).toEqual([
      { TableName: 'records', Key: { id: { S: 'rehearsal' } } },
    ]);
  });
});
