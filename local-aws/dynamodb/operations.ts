/** The operations that run here, and the permissions that each needs. */

import { AwsError } from '../service';

/** The parts of an operation's input that name tables and indexes. */
export interface Input {
  TableName?: string;
  IndexName?: string;
  RequestItems?: Record<string, unknown>;
  /** Of an operation on one item. */
  Key?: Item;
  Item?: Item;
}

/** An item in DynamoDB's JSON. */
type Item = Record<string, Record<string, unknown>>;

type Resources = (input: Input, arnOf: (table: string) => string) => string[];

const table: Resources = ({ TableName }, arnOf) => [arnOf(TableName ?? '')];

/** A query of an index needs permission for the index, not for its table. */
const tableOrIndex: Resources = ({ TableName, IndexName }, arnOf) => [
  arnOf(TableName ?? '') + (IndexName ? `/index/${IndexName}` : ''),
];

const eachTable: Resources = ({ RequestItems }, arnOf) => Object.keys(RequestItems ?? {}).map(arnOf);

const OPERATIONS = new Map<string, Resources>([
  ['BatchGetItem', eachTable],
  ['BatchWriteItem', eachTable],
  ['DeleteItem', table],
  ['DescribeTable', table],
  ['DescribeTimeToLive', table],
  ['GetItem', table],
  ['ListTables', () => ['*']],
  ['PutItem', table],
  ['Query', tableOrIndex],
  ['Scan', tableOrIndex],
  ['UpdateItem', table],
]);

/** Operations that change items. */
export const WRITES = new Set(['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem']);

/** Operations on tables rather than on items. */
const ON_TABLES = ['DescribeTable', 'DescribeTimeToLive', 'ListTables'];

/**
 * Tables whose items an operation reads or writes. For these, DynamoDB decrypts the table's key with the caller's
 * permissions, for writes too. Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
 */
export function itemTablesOf(operation: string, { TableName, RequestItems = {} }: Input): string[] {
  if (ON_TABLES.includes(operation)) return [];
  return TableName === undefined ? Object.keys(RequestItems) : [TableName];
}

/**
 * @returns the ARNs on which `dynamodb:<operation>` must be allowed
 * @throws AwsError UnknownOperationException for what the local DynamoDB cannot do faithfully, or not at all:
 *   transactions, changes of expiry, backups, and changing tables, which the stack defines
 */
export function resourcesOf(operation: string, input: Input, arnOf: (table: string) => string): string[] {
  const resources = OPERATIONS.get(operation);
  if (resources) return resources(input, arnOf);
  throw new AwsError(
    'UnknownOperationException',
    `Expected an operation of the local DynamoDB (${[...OPERATIONS.keys()].join(', ')}) but received ${operation || 'none'}`,
  );
}

/**
 * The condition key for the partition key of the item that an operation is about. Queries, scans and batches have none here, so a policy
 * that limits those by it allows more than on AWS.
 *
 * Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function leadingKey(
  { Key, Item }: Input,
  name: string | undefined,
): Record<string, string> | undefined {
  const [value] = Object.values((Key ?? Item)?.[name ?? ''] ?? {});
  return typeof value === 'string' ? { 'dynamodb:LeadingKeys': value } : undefined;
}
