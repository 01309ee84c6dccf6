import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { PROCESSING_INDEX, PROCESSING_SHARDS } from '../../contract/record';
import { command, parse } from '../lib/arguments';
import { positive, TARGET } from '../lib/options';
import { openTarget } from '../lib/target';

const USAGE = `Usage: npm run stuck -- [--minutes N] [--local [--data DIR]]

Lists images that have been PROCESSING for long: their executions died without a word, as after five minutes, or they
wait for capacity in the backlog.

  --minutes N  how long is long  (default: 10)
  --local      the engine on this machine rather than AWS
  --data DIR   where the local engine keeps its data  (default: .local)

Exit status: 0 none, 1 some, 2 wrong usage.`;

interface Stuck {
  id: string;
  startedAt: string;
}

command(USAGE, async () => {
  const { values } = parse({ minutes: { type: 'string', default: '10' }, ...TARGET });
  const minutes = positive(values.minutes, '--minutes');
  const target = await openTarget(values);
  try {
    const client = new DynamoDBClient(target.client);
    const before = new Date(Date.now() - minutes * 60_000).toISOString();
    const table = target.outputs['records_table'] as string;
    const stuck = (
      await Promise.all(PROCESSING_SHARDS.map((shard) => startedBefore(client, table, shard, before)))
    ).flat();
    if (stuck.length === 0) console.log(`No image has been PROCESSING for more than ${minutes} minutes.`);
    for (const { id, startedAt } of stuck.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1))) {
      console.log(`${startedAt}  s3://${id}`);
    }
    if (stuck.length > 0) console.error('To run one again: npm run replay -- --key KEY');
    return stuck.length > 0 ? 1 : 0;
  } finally {
    await target.close();
  }
});

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
