import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { createDynamoDB, type DynamoDB } from '../../../local-aws/dynamodb';
import { AwsError, type Call, type Principal } from '../../../local-aws/service';
import type { Table } from '../../../local-aws/stack/model';

const principal: Principal = {
  arn: 'arn:aws:iam::123456789012:role/store',
  accessKeyId: 'a',
  secretAccessKey: 'b',
};

const TableName = 'records';
const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/records';

function tableOf(create: Record<string, unknown> = {}, name = TableName): Table {
  return {
    name,
    arn,
    create: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'failedOn', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'failures',
          KeySchema: [{ AttributeName: 'failedOn', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      ...create,
    },
  };
}

let folder: string;
let calls: Call[];
let deny: (call: Call) => AwsError | undefined;
let dynamodb: DynamoDB | undefined;
let server: Server | undefined;
let client: DynamoDBClient;

async function start(tables = [tableOf()]): Promise<void> {
  const engine = await createDynamoDB({
    dataDir: folder,
    tables,
    region: 'eu-west-1',
    account: '123456789012',
    gate: async (call) => {
      calls.push(call);
      const error = deny(call);
      if (error) throw error;
    },
  });
  dynamodb = engine;
  server = createServer(async (request, response) => {
    await engine.handle(request, response, principal, await buffer(request));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
}

async function stop(): Promise<void> {
  client?.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  await dynamodb?.close();
  server = undefined;
  dynamodb = undefined;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dynamodb-'));
  calls = [];
  deny = () => undefined;
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

test('items are there after a restart', async () => {
  await start();
  const Item: Record<string, AttributeValue> = {
    id: { S: 'uploads/canyon ☃.jpg' },
    bytes: { N: '1.5' },
    thumbnails: { L: [{ M: { key: { S: 'k' } } }] },
    error: { NULL: true },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  await stop();
  await start();
  expect(
    await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'uploads/canyon ☃.jpg' } } })),
  ).toMatchObject({ Item });
});

describe('an empty string as an index key is refused, because an index cannot hold it', () => {
  const failedOn = { S: '' };
  const refused =
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: failures, IndexKey: failedOn';
  const id = { S: 'a' };
  beforeEach(() => start());

  test.each<[string, () => Promise<unknown>]>([
    ['PutItem', () => client.send(new PutItemCommand({ TableName, Item: { id, failedOn } }))],
    [
      'BatchWriteItem',
      () =>
        client.send(
          new BatchWriteItemCommand({
            RequestItems: { [TableName]: [{ PutRequest: { Item: { id, failedOn } } }] },
          }),
        ),
    ],
    [
      'UpdateItem',
      () =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: { id },
            UpdateExpression: 'SET note = :on, #on = :on',
            ExpressionAttributeNames: { '#on': 'failedOn' },
            ExpressionAttributeValues: { ':on': failedOn },
          }),
        ),
    ],
  ])('%s', async (_operation, write) => {
    await expect(write()).rejects.toMatchObject({ name: 'ValidationException', message: refused });
  });

  test('another attribute may be empty', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { id, note: { S: '' } } }));
  });
});

describe('a failed condition', () => {
  const put = (sequencer: string) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { id: { S: 'a' }, sequencer: { S: sequencer } },
        ConditionExpression: 'attribute_not_exists(id) OR sequencer < :new',
        ExpressionAttributeValues: { ':new': { S: sequencer } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

  const failureOf = (write: Promise<unknown>) =>
    write.then(
      () => undefined,
      (error: unknown) => {
        expect(error).toBeInstanceOf(ConditionalCheckFailedException);
        return (error as ConditionalCheckFailedException).Item;
      },
    );

  test('returns the item it failed on, for each kind of write that requests it', async () => {
    await start();
    await put('2');
    const Item = { id: { S: 'a' }, sequencer: { S: '2' } };
    expect(await failureOf(put('1'))).toEqual(Item);
    const never = {
      TableName,
      Key: { id: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    const update = { UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': { N: '1' } } };
    expect(await failureOf(client.send(new UpdateItemCommand({ ...never, ...update })))).toEqual(Item);
    expect(await failureOf(client.send(new DeleteItemCommand(never)))).toEqual(Item);
  });

  test('returns no item if there is none or the request does not ask for it', async () => {
    await start();
    const missing = {
      TableName,
      Key: { id: { S: 'none' } },
      ConditionExpression: 'attribute_exists(id)',
    } as const;
    const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
    expect(
      await failureOf(
        client.send(new DeleteItemCommand({ ...missing, ReturnValuesOnConditionCheckFailure })),
      ),
    ).toBeUndefined();
    await put('2');
    const exists = { TableName, Key: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)' };
    await expect(client.send(new DeleteItemCommand(exists))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: undefined,
    });
  });

  test('the newest of any racing writes wins, and every loser sees an item at least as new as its own', async () => {
    await start();
    const numbers = fc.uniqueArray(fc.integer({ min: 100, max: 999 }), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(numbers, async (sequencers) => {
        await client.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'a' } } }));
        const losers = await Promise.all(
          sequencers.map(async (n) => ({
            own: String(n),
            seen: (await failureOf(put(String(n))))?.['sequencer']?.S,
          })),
        );
        for (const { own, seen } of losers) if (seen !== undefined) expect(seen > own).toBe(true);
        const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }));
        expect(Item).toEqual({ id: { S: 'a' }, sequencer: { S: String(Math.max(...sequencers)) } });
      }),
      { numRuns: 25 },
    );
  });
});

describe('tables', () => {
  test('have an ARN with account and region, and so do their indexes', async () => {
    await start();
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: arn,
      GlobalSecondaryIndexes: [{ IndexName: 'failures', IndexArn: `${arn}/index/failures` }],
    });
    expect(await client.send(new ListTablesCommand())).toMatchObject({ TableNames: [TableName] });
  });

  test.each([
    [
      'another key',
      {
        KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'key', AttributeType: 'S' },
          { AttributeName: 'failedOn', AttributeType: 'S' },
        ],
      },
    ],
    [
      'another type of key',
      {
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'N' },
          { AttributeName: 'failedOn', AttributeType: 'S' },
        ],
      },
    ],
    [
      'an index less',
      {
        GlobalSecondaryIndexes: undefined,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    ],
  ])('a data folder whose table has %s is refused with what to do', async (_what, create) => {
    await start();
    await stop();
    await expect(start([tableOf(create)])).rejects.toThrow(
      /^Expected the table 'records' in .*dynamodb to be .* but found .*Remove the data folder, or choose another one\.$/,
    );
    await start();
  });

  test('a table that is added to the stack is created, and the others stay', async () => {
    await start();
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } } }));
    await stop();
    await start([tableOf(), tableOf({}, 'more')]);
    const { Count } = await client.send(new ScanCommand({ TableName }));
    expect(Count).toBe(1);
    expect(await client.send(new ListTablesCommand())).toMatchObject({ TableNames: ['more', TableName] });
  });
});

describe('the gate', () => {
  test('is asked for permission on every table or index in a request', async () => {
    await start([tableOf(), tableOf({}, 'more')]);
    const Key = { id: { S: 'a' } };
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    await client.send(new GetItemCommand({ TableName, Key }));
    await client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'REMOVE x' }));
    await client.send(new DeleteItemCommand({ TableName, Key }));
    await client.send(new ScanCommand({ TableName }));
    await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'failures',
        KeyConditionExpression: 'failedOn = :d',
        ExpressionAttributeValues: { ':d': { S: '2026-11-21' } },
      }),
    );
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { records: [{ PutRequest: { Item: Key } }], more: [{ PutRequest: { Item: Key } }] },
      }),
    );
    await client.send(
      new BatchGetItemCommand({ RequestItems: { records: { Keys: [Key] }, more: { Keys: [Key] } } }),
    );
    const more = arn.replace('records', 'more');
    expect(calls.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `dynamodb:PutItem ${arn}`,
      `dynamodb:GetItem ${arn}`,
      `dynamodb:UpdateItem ${arn}`,
      `dynamodb:DeleteItem ${arn}`,
      `dynamodb:Scan ${arn}`,
      `dynamodb:Query ${arn}/index/failures`,
      `dynamodb:BatchWriteItem ${arn}`,
      `dynamodb:BatchWriteItem ${more}`,
      `dynamodb:BatchGetItem ${arn}`,
      `dynamodb:BatchGetItem ${more}`,
    ]);
    expect(calls.every((call) => call.principal === principal)).toBe(true);
  });

  test('a denied write changes nothing and is AccessDeniedException', async () => {
    await start();
    deny = ({ action }) =>
      action === 'dynamodb:PutItem' ? new AwsError('AccessDenied', 'not authorized', 403) : undefined;
    await expect(
      client.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' } } })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not authorized',
      $metadata: { httpStatusCode: 400 },
    });
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(0);
  });

  test('an injected fault reaches the caller as the error it stands for', async () => {
    await start();
    deny = () => new AwsError('InternalServerError', 'Internal server error', 500);
    await expect(
      client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } })),
    ).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
  });
});

describe('what it does not do', () => {
  test('is refused by name, with what is supported', async () => {
    await start();
    const Put = { TableName, Item: { id: { S: 'a' } } };
    const ttl = { AttributeName: 'expires', Enabled: true };
    for (const command of [
      new TransactWriteItemsCommand({ TransactItems: [{ Put }] }),
      new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: ttl }),
    ]) {
      await expect(client.send(command as TransactWriteItemsCommand)).rejects.toMatchObject({
        name: 'UnknownOperationException',
        message: expect.stringMatching(/PutItem.*but received (TransactWriteItems|UpdateTimeToLive)$/),
      });
    }
    expect(calls).toEqual([]);
  });

  test.each([
    [{ timeToLive: 'expiresAt' }, { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' }],
    [{}, { TimeToLiveStatus: 'DISABLED' }],
  ])('a table with %j answers %j, and keeps an expired item', async (ttl, described) => {
    await start([{ ...tableOf(), ...ttl }]);
    const answer = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(answer.TimeToLiveDescription).toEqual(described);
    const Item = { id: { S: 'a' }, expiresAt: { N: '1' } };
    await client.send(new PutItemCommand({ TableName, Item }));
    expect(await client.send(new GetItemCommand({ TableName, Key: { id: Item.id } }))).toMatchObject({
      Item,
    });
  });

  test('the time to live of a missing table is refused', async () => {
    await start();
    await expect(client.send(new DescribeTimeToLiveCommand({ TableName: 'absent' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test("DynamoDB's own errors are passed on", async () => {
    await start();
    await expect(
      client.send(new GetItemCommand({ TableName: 'absent', Key: { id: { S: 'a' } } })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      client.send(new PutItemCommand({ TableName, Item: { no: { S: 'key' } } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
