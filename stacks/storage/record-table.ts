import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { FAILURES_INDEX, PROCESSING_INDEX } from '../../contract/record';
import type { Key } from '../security/key';

export interface RecordTableProps {
  readonly name: string;
  /** Whether the table can be restored to any second of the last 35 days. */
  readonly pointInTimeRecovery: boolean;
  /** Whether AWS refuses to delete the table. */
  readonly deletionProtection: boolean;
  /**
   * Encrypts the items.
   * @default - the key that DynamoDB owns, which is free
   */
  readonly key?: Key;
}

/**
 * One item for each source object.
 *
 * Only tombstones have `expiresAt`, so DynamoDB deletes nothing else. Both indexes are sparse: they hold only the items that
 * have their attributes, which are few unless something is wrong.
 */
export class RecordTable extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, pointInTimeRecovery, deletionProtection, key }: RecordTableProps,
  ) {
    super(scope, id);

    const table = new DynamodbTable(this, 'table', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'id',
      attribute: ['id', 'failedDay', 'updatedAt', 'processingShard', 'startedAt'].map((attribute) => ({
        name: attribute,
        type: 'S',
      })),
      globalSecondaryIndex: [
        {
          // What failed on a day. Whole items, because people who look there need the key and the reason.
          name: FAILURES_INDEX,
          hashKey: 'failedDay',
          rangeKey: 'updatedAt',
          projectionType: 'ALL',
        },
        {
          // What began long ago and hasn't ended. Only keys, because every image passes through this index.
          name: PROCESSING_INDEX,
          hashKey: 'processingShard',
          rangeKey: 'startedAt',
          projectionType: 'KEYS_ONLY',
        },
      ],
      ttl: { attributeName: 'expiresAt', enabled: true },
      pointInTimeRecovery: { enabled: pointInTimeRecovery },
      deletionProtectionEnabled: deletionProtection,
      serverSideEncryption: key && { enabled: true, kmsKeyArn: key.arn },
    });
    this.name = table.name;
    this.arn = table.arn;
  }
}
