import { createHash } from 'node:crypto';
import {
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { SUBJECT_PREFIX, type SubjectItem } from '../../../contract/subject';
import { clientConfig } from '../runtime/client-config';

/**
 * The id of a user's item. It holds a hash, so that it has the same length for every name, and the table has no email addresses.
 *
 * @param caller as tokens or signatures name the user
 */
export const subjectItemId = (caller: string): string =>
  `${SUBJECT_PREFIX}${createHash('sha256').update(caller).digest('hex')}`;

/** The random ids of users, which their keys begin with. They are in the table of records. */
export class Subjects {
  private readonly client: DynamoDBClient;

  constructor(
    private readonly table: string,
    config: DynamoDBClientConfig = clientConfig(),
  ) {
    this.client = new DynamoDBClient(config);
  }

  /** The id of a user, as of now; null if the user has never asked for an upload. */
  async find(caller: string): Promise<string | null> {
    const { Item } = await this.client.send(
      new GetItemCommand({
        TableName: this.table,
        Key: marshall({ id: subjectItemId(caller) }),
        ConsistentRead: true,
      }),
    );
    return Item ? (unmarshall(Item) as SubjectItem).subject : null;
  }

  /**
   * Gives a user an id, unless there is one. Of several at once, one wins, and all return that.
   *
   * @param subject the id to give: 32 hexadecimal digits
   * @returns the id that the user has from now on
   */
  async give(caller: string, subject: string, now: Date): Promise<string> {
    const { Attributes } = await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: marshall({ id: subjectItemId(caller) }),
        UpdateExpression:
          'SET subject = if_not_exists(subject, :subject), createdAt = if_not_exists(createdAt, :now)',
        ExpressionAttributeValues: marshall({ ':subject': subject, ':now': now.toISOString() }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return (unmarshall(Attributes!) as SubjectItem).subject;
  }
}
