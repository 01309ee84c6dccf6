import { DynamoDBClient, type QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { processingSince } from '../../../cli/stuck/processing';

test('every page of every partition is read, and the images that have waited longest come first', async () => {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.send = (async ({ input }: QueryCommand) => {
    const { ':shard': shard, ':before': before } = unmarshall(input.ExpressionAttributeValues!);
    expect(before).toBe('2026-11-21T05:00:00.000Z');
    if (shard !== 'a' && shard !== '3') return { Items: [] };
    const page = input.ExclusiveStartKey ? 2 : 1;
    const item = marshall({
      id: `${shard} ${page}`,
      startedAt: `2026-11-21T0${4 - page}:0${shard === 'a' ? 1 : 2}Z`,
    });
    return { Items: [item], ...(page === 1 && { LastEvaluatedKey: marshall({ id: 'x' }) }) };
  }) as typeof client.send;
  const found = await processingSince(client, 'records', '2026-11-21T05:00:00.000Z');
  expect(found.map(({ id }) => id)).toEqual(['a 2', '3 2', 'a 1', '3 1']);
});
