/** The records table, in the local engine's DynamoDB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ImageRecord } from '../../contract/record';
import { recordId } from '../../contract/source';
import { Records } from '../../functions/lib/records/records';
import { createDynamoDB } from '../../local-aws/dynamodb';
import { access, serve } from './server';
import { TABLE } from './support';

export interface RecordsTable {
  records: Records;
  /** The item for a source object; null if there is none. */
  get(source: { bucket: string; key: string }): Promise<ImageRecord | null>;
  close(): Promise<void>;
}

/** Starts the table, and sets the SDK's environment to use it. */
export async function recordsTable(): Promise<RecordsTable> {
  const folder = mkdtempSync(path.join(tmpdir(), 'records-'));
  const arn = `arn:aws:dynamodb:${access.region}:111122223333:table/${TABLE}`;
  const dynamodb = await createDynamoDB({
    dataDir: folder,
    region: access.region,
    account: '111122223333',
    gate: async () => {},
    tables: [
      {
        name: TABLE,
        arn,
        create: {
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: ['id', 'processingShard', 'startedAt'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          GlobalSecondaryIndexes: [
            {
              IndexName: 'processing-by-start',
              KeySchema: [
                { AttributeName: 'processingShard', KeyType: 'HASH' },
                { AttributeName: 'startedAt', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        },
      },
    ],
  });
  const principal = { arn: 'arn:aws:iam::111122223333:user/test', ...access.credentials };
  const server = await serve(async (request, response) => {
    await dynamodb.handle(request, response, principal, await buffer(request));
  });
  process.env['AWS_REGION'] = access.region;
  process.env['AWS_ACCESS_KEY_ID'] = access.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = access.credentials.secretAccessKey;
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = server.endpoint;
  const client = new DynamoDBClient({ ...access, endpoint: server.endpoint });
  return {
    records: new Records(TABLE),
    async get(source) {
      const command = new GetItemCommand({ TableName: TABLE, Key: marshall({ id: recordId(source) }) });
      const { Item } = await client.send(command);
      return Item ? (unmarshall(Item) as ImageRecord) : null;
    },
    async close() {
      await server.close();
      await dynamodb.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
