import { renderPolicy } from '../policy';
import { bucketAttributes } from './s3';
import { type Get, PARTITION, type ResourceTypes } from './type';

/** Lambda's "Concurrent executions" in a new account: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const QUOTAS: Record<string, number> = { 'lambda L-B99A9384': 1_000 };

function quota(get: Get): number {
  const code = `${get('service_code')} ${get('quota_code')}`;
  const value = QUOTAS[code];
  if (value !== undefined) return value;
  throw new Error(
    `Expected a quota the engine knows (${Object.keys(QUOTAS).join(', ')}) but received ${code}`,
  );
}

export const DATA_SOURCES: ResourceTypes = {
  aws_caller_identity: {
    arguments: [],
    attributes: {
      id: (_, place) => place.account,
      account_id: (_, place) => place.account,
      arn: (_, place) => `arn:${PARTITION}:iam::${place.account}:root`,
    },
  },
  aws_region: {
    arguments: [],
    attributes: {
      id: (_, place) => place.region,
      // `region` since version 6 of the provider, `name` before.
      region: (_, place) => place.region,
      name: (_, place) => place.region,
    },
  },
  aws_s3_bucket: {
    arguments: ['bucket'],
    attributes: {
      ...bucketAttributes,
      // `bucket_region` since version 6 of the provider, `region` before.
      bucket_region: (_, place) => place.region,
      region: (_, place) => place.region,
    },
  },
  aws_servicequotas_service_quota: {
    arguments: ['service_code', 'quota_code'],
    attributes: { value: quota },
  },
  aws_partition: {
    arguments: [],
    attributes: {
      id: () => PARTITION,
      partition: () => PARTITION,
      dns_suffix: () => 'amazonaws.com',
    },
  },
  aws_iam_policy_document: {
    arguments: ['version', 'statement'],
    attributes: {
      json: (get) => JSON.stringify(renderPolicy({ version: get('version'), statement: get('statement') })),
    },
  },
};
