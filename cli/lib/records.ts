import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { FAILURES_INDEX, type ImageRecord } from '../../contract/record';
import { recordId } from '../../contract/source';

/** The record of an image. */
export type StoredRecord = Omit<ImageRecord, 'id'>;

/** The most items BatchGetItem answers at once. */
const BATCH = 100;

/** The table of records, of the images in one bucket. */
export class Records {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly TableName: string,
    private readonly bucket: string,
  ) {}

  /** The current record; null when there is none. */
  async find(key: string): Promise<StoredRecord | null> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.TableName, Key: this.idOf(key), ConsistentRead: true }),
    );
    return Item ? (unmarshall(Item) as StoredRecord) : null;
  }

  /** The records of those keys that have one, in any order. */
  async findAll(keys: readonly string[]): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    for (let start = 0; start < keys.length; start += BATCH) {
      let asked: KeysAndAttributes | undefined = {
        Keys: keys.slice(start, start + BATCH).map((key) => this.idOf(key)),
      };
      while (asked) {
        const answer: BatchGetItemCommandOutput = await this.client.send(
          new BatchGetItemCommand({ RequestItems: { [this.TableName]: asked } }),
        );
        const items = answer.Responses?.[this.TableName] ?? [];
        found.push(...items.map((item) => unmarshall(item) as StoredRecord));
        asked = answer.UnprocessedKeys?.[this.TableName];
      }
    }
    return found;
  }

  /** Records that have been FAILED since a moment or later, oldest first. @param since ISO 8601 in UTC */
  async failedSince(since: string, now = new Date()): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    for (const day of daysFrom(since.slice(0, 10), now)) {
      const query = {
        TableName: this.TableName,
        IndexName: FAILURES_INDEX,
        KeyConditionExpression: 'failedDay = :day AND updatedAt >= :since',
        FilterExpression: '#bucket = :bucket',
        ExpressionAttributeNames: { '#bucket': 'bucket' },
        ExpressionAttributeValues: marshall({ ':day': day, ':since': since, ':bucket': this.bucket }),
      };
      for await (const { Items = [] } of paginateQuery({ client: this.client }, query)) {
        found.push(...Items.map((item) => unmarshall(item) as StoredRecord));
      }
    }
    return found;
  }

  idOf(key: string) {
    return marshall({ id: recordId({ bucket: this.bucket, key }) });
  }
}

/** Each day from the first to today, as in 2026-11-21. */
function daysFrom(first: string, now: Date): string[] {
  const days: string[] = [];
  for (let day = new Date(first); day <= now; day = new Date(day.getTime() + 86_400_000)) {
    days.push(day.toISOString().slice(0, 10));
  }
  return days;
}
