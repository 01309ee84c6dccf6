import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { PROCESSING_INDEX } from '../../contract/record';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { emit } from '../lib/runtime/metrics';
import { watch } from './watch';

declare module '../../contract/environment' {
  interface Environments {
    watch: TableEnvironment;
  }
}

const environment = environmentOf<'watch'>();
const client = new DynamoDBClient(clientConfig());
const TableName = environment.text('TABLE_NAME');

/** Invoked by a schedule. It emits 0 too: without it an alarm would not learn that the problem is over. */
export async function handler(): Promise<void> {
  emit({ StuckRecords: await watch({ count }, new Date()) });
}

/** One page is enough: its megabyte holds about as many items with the longest keys as are counted. */
async function count(shard: string, startedBefore: string, most: number): Promise<number> {
  const { Count } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: PROCESSING_INDEX,
      KeyConditionExpression: 'processingShard = :shard AND startedAt < :before',
      ExpressionAttributeValues: { ':shard': { S: shard }, ':before': { S: startedBefore } },
      Select: 'COUNT',
      Limit: most,
    }),
  );
  return Count as number;
}
