import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ImageRecord } from '../../../contract/record';
import { type ObjectName, recordId } from '../../../contract/source';
import { clientConfig } from '../runtime/client-config';
import { rehearse } from '../runtime/rehearse';
import type { Update } from './updates';

/** The result of an update: it was applied over `before`, or refused because of what is there. */
export type Outcome =
  | { applied: true; before: ImageRecord | null }
  | { applied: false; current: ImageRecord };

/** The table of records. */
export class Records {
  private readonly client: DynamoDBClient;

  constructor(
    private readonly table: string,
    config: DynamoDBClientConfig = clientConfig(),
  ) {
    this.client = new DynamoDBClient(config);
    rehearse(this.client, new UpdateItemCommand({ TableName: table, Key: marshall({ id: 'rehearsal' }) }));
  }

  /** The record of an object, as of now; null if it has none. */
  async find(object: ObjectName): Promise<ImageRecord | null> {
    const { Item } = await this.client.send(
      new GetItemCommand({
        TableName: this.table,
        Key: marshall({ id: recordId(object) }),
        ConsistentRead: true,
      }),
    );
    return Item ? asRecord(Item) : null;
  }

  /** Applies a conditional update. A condition that doesn't hold is an outcome, not an error. */
  async apply(update: Update): Promise<Outcome> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      ...update,
      Key: marshall(update.Key),
      ExpressionAttributeValues: marshall(update.ExpressionAttributeValues, { removeUndefinedValues: true }),
    });
    try {
      const { Attributes } = await this.client.send(command);
      return { applied: true, before: Attributes ? asRecord(Attributes) : null };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
      return { applied: false, current: asRecord(error.Item) };
    }
  }
}

function asRecord(item: Record<string, AttributeValue>): ImageRecord {
  return unmarshall(item) as ImageRecord;
}
