import type { Get } from './resources';

type Json = Record<string, unknown>;

const blocks = (value: unknown): Json[] => (value === undefined ? [] : ([value].flat() as Json[]));

function keySchema(hash: unknown, range: unknown) {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
  ];
}

function index(raw: Json, tableHash?: unknown) {
  return {
    IndexName: raw['name'],
    KeySchema: keySchema(tableHash ?? raw['hash_key'], raw['range_key']),
    Projection: {
      ProjectionType: raw['projection_type'],
      ...(raw['non_key_attributes'] !== undefined && { NonKeyAttributes: raw['non_key_attributes'] }),
    },
  };
}

/**
 * @param get arguments of an `aws_dynamodb_table`
 * @returns input of DynamoDB's CreateTable
 * @throws Error if the table isn't billed on demand: provisioned throughput isn't simulated
 */
export function createTableInput(get: Get): Json {
  const billing = get('billing_mode');
  if (billing !== 'PAY_PER_REQUEST') {
    throw new Error(`Expected PAY_PER_REQUEST for billing_mode but received ${JSON.stringify(billing)}`);
  }
  const global = blocks(get('global_secondary_index'));
  const local = blocks(get('local_secondary_index'));
  return {
    TableName: get('name'),
    BillingMode: billing,
    AttributeDefinitions: blocks(get('attribute')).map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: keySchema(get('hash_key'), get('range_key')),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global.map((raw) => index(raw)) }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local.map((raw) => index(raw, get('hash_key'))) }),
  };
}
