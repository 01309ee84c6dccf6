import {
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type BatchAnswer, type Counts, countsIn, numbersOf, RUN_PREFIX } from '../../contract/backfill';

/** For how many days the numbers of a run are kept. */
const KEEP_DAYS = 90;

/** What each run has done so far, in the table of records. A batch that is repeated counts twice; the report does not. */
export class Runs {
  private readonly client: DynamoDBClient;

  constructor(
    private readonly table: string,
    config: DynamoDBClientConfig,
  ) {
    this.client = new DynamoDBClient(config);
  }

  async find(run: string): Promise<Counts> {
    const { Item = {} } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: keyOf(run), ConsistentRead: true }),
    );
    return countsIn(unmarshall(Item));
  }

  async add(run: string, answer: BatchAnswer, now: Date): Promise<void> {
    const numbers = Object.entries(numbersOf(answer));
    if (numbers.length === 0) return;
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: keyOf(run),
        UpdateExpression: `SET expiresAt = :expiresAt ADD ${numbers.map((_, n) => `#${n} :${n}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(numbers.map(([name], n) => [`#${n}`, name])),
        ExpressionAttributeValues: marshall({
          ':expiresAt': Math.floor(now.getTime() / 1_000) + KEEP_DAYS * 24 * 60 * 60,
          ...Object.fromEntries(numbers.map(([, value], n) => [`:${n}`, value])),
        }),
      }),
    );
  }
}

const keyOf = (run: string) => marshall({ id: `${RUN_PREFIX}${run}` });
