import { arn, type ResourceTypes, same } from './type';

export const DYNAMODB: ResourceTypes = {
  aws_dynamodb_table: {
    arguments: [
      'name',
      'hash_key',
      'range_key',
      'attribute',
      'global_secondary_index',
      'local_secondary_index',
      'billing_mode',
      'ttl',
      'point_in_time_recovery',
      'server_side_encryption',
      'deletion_protection_enabled',
      'table_class',
    ],
    attributes: { id: same('name'), arn: arn('dynamodb', (get) => `table/${get('name')}`) },
  },
};
