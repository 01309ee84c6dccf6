import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { PROCESSING_INDEX, PROCESSING_SHARDS } from '../../contract/record';

interface Stuck {
  id: string;
  startedAt: string;
}

/**
 * Images that began before a moment and are still PROCESSING, the oldest first.
 *
 * @param before ISO 8601 in UTC
 */
export async function processingSince(
  client: DynamoDBClient,
  table: string,
  before: string,
): Promise<Stuck[]> {
  const found = await Promise.all(
    PROCESSING_SHARDS.map((shard) => startedBefore(client, table, shard, before)),
  );
  return found.flat().sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
}

async function startedBefore(
  client: DynamoDBClient,
  TableName: string,
  shard: string,
  before: string,
): Promise<Stuck[]> {
  const query = {
    TableName,
    IndexName: PROCESSING_INDEX,
    KeyConditionExpression: 'processingShard = :shard AND startedAt < :before',
    ExpressionAttributeValues: { ':shard': { S: shard }, ':before': { S: before } },
  };
  const found: Stuck[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    found.push(...Items.map((item) => unmarshall(item) as Stuck));
  }
  return found;
}
