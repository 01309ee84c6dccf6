import { uuidOf } from '../uuid';
import { arn, type Get, PARTITION, type Place, type ResourceTypes, same } from './type';

/** Stays the same from run to run, as long as the key keeps its address, since objects refer to it. */
const keyId = (_: Get, __: Place, address: string) => uuidOf(address);
const keyArn = (_: Get, place: Place, address: string) =>
  `arn:${PARTITION}:kms:${place.region}:${place.account}:key/${uuidOf(address)}`;

export const KMS: ResourceTypes = {
  aws_kms_key: {
    arguments: [
      'description',
      'key_usage',
      'customer_master_key_spec',
      'is_enabled',
      'policy',
      'enable_key_rotation',
      'rotation_period_in_days',
      'deletion_window_in_days',
    ],
    attributes: { id: keyId, key_id: keyId, arn: keyArn },
  },
  aws_kms_alias: {
    arguments: ['name', 'target_key_id'],
    attributes: {
      id: same('name'),
      arn: arn('kms', (get) => `${get('name')}`),
      target_key_arn: (get, place) => {
        const target = String(get('target_key_id'));
        return target.startsWith('arn:')
          ? target
          : `arn:${PARTITION}:kms:${place.region}:${place.account}:key/${target}`;
      },
    },
  },
};
