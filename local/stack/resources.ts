/**
 * What the local engine knows of each Terraform type: the arguments it understands and the attributes AWS would
 * assign. Everything else is refused by name, so that nothing of a stack is silently left out.
 */

import { renderPolicy } from './policy';
import { uuidOf } from './uuid';

/** Where the stack lives. */
export interface Place {
  account: string;
  region: string;
  /** What clients reach the services at. @default AWS's own addresses */
  endpoint?: string;
}

/** Reads one argument of the resource, references resolved. */
export type Get = (argument: string) => unknown;

export interface ResourceType {
  /** Arguments the engine understands; undefined where the resource has no effect locally and all are accepted. */
  arguments?: string[];
  /** Why the resource changes nothing locally. */
  noEffect?: string;
  /** Attributes that are no argument, each computed when something refers to it. */
  attributes?: Record<string, (get: Get, place: Place, address: string) => unknown>;
}

const PARTITION = 'aws';

const arn = (service: string, resource: (get: Get) => string) => (get: Get, place: Place) =>
  `arn:${PARTITION}:${service}:${place.region}:${place.account}:${resource(get)}`;

const iamArn = (kind: string) => (get: Get, place: Place) =>
  `arn:${PARTITION}:iam::${place.account}:${kind}${get('path') ?? '/'}${get('name')}`;

const bucketArn = (get: Get) => `arn:${PARTITION}:s3:::${get('bucket')}`;
const functionArn = arn('lambda', (get) => `function:${get('function_name')}`);
const functionVersion = (get: Get) => (get('publish') ? '1' : '$LATEST');
const queueUrl = (get: Get, { endpoint, region, account }: Place) =>
  `${endpoint ?? `https://sqs.${region}.amazonaws.com`}/${account}/${get('name')}`;
const topicArn = arn('sns', (get) => `${get('name')}`);
const stateMachineArn = arn('states', (get) => `stateMachine:${get('name')}`);
/** Stays the same from run to run, and while the key is in the same place: what was encrypted with it is kept too. */
const keyId = (_: Get, __: Place, address: string) => uuidOf(address);
const keyArn = (_: Get, place: Place, address: string) =>
  `arn:${PARTITION}:kms:${place.region}:${place.account}:key/${uuidOf(address)}`;
const same = (argument: string) => (get: Get) => get(argument);

/** Lambda's "Concurrent executions", that of a new account: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const QUOTAS: Record<string, number> = { 'lambda L-B99A9384': 1_000 };

function quota(get: Get): number {
  const code = `${get('service_code')} ${get('quota_code')}`;
  const value = QUOTAS[code];
  if (value !== undefined) return value;
  throw new Error(
    `Expected a quota the engine knows (${Object.keys(QUOTAS).join(', ')}) but received ${code}`,
  );
}

/** Arguments of every type that only describe or order, by Terraform's own definition. */
export const META_ARGUMENTS = ['depends_on', 'lifecycle', 'tags', 'tags_all', 'region'];

export const RESOURCES: Record<string, ResourceType> = {
  aws_s3_bucket: {
    arguments: ['bucket', 'force_destroy'],
    attributes: {
      id: same('bucket'),
      arn: bucketArn,
      bucket_domain_name: (get) => `${get('bucket')}.s3.amazonaws.com`,
      bucket_regional_domain_name: (get, place) => `${get('bucket')}.s3.${place.region}.amazonaws.com`,
    },
  },
  aws_s3_bucket_versioning: {
    arguments: ['bucket', 'versioning_configuration'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_notification: {
    arguments: ['bucket', 'eventbridge'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_policy: { arguments: ['bucket', 'policy'], attributes: { id: same('bucket') } },
  aws_s3_bucket_public_access_block: { noEffect: 'nothing is public on 127.0.0.1' },
  aws_s3_bucket_ownership_controls: { noEffect: 'there is one account and there are no ACLs' },
  aws_s3_bucket_server_side_encryption_configuration: {
    arguments: ['bucket', 'rule'],
    attributes: { id: same('bucket') },
  },
  aws_s3_bucket_lifecycle_configuration: {
    noEffect: 'expiry takes days, and --fresh empties the data folder',
  },

  aws_lambda_function: {
    arguments: [
      'function_name',
      'description',
      'role',
      'handler',
      'runtime',
      'architectures',
      'filename',
      'source_code_hash',
      'package_type',
      'publish',
      'timeout',
      'memory_size',
      'environment',
      'ephemeral_storage',
      'reserved_concurrent_executions',
      'logging_config',
      'tracing_config',
    ],
    attributes: {
      id: same('function_name'),
      arn: functionArn,
      version: functionVersion,
      qualified_arn: (get, place) => `${functionArn(get, place)}:${functionVersion(get)}`,
    },
  },

  aws_lambda_event_source_mapping: {
    arguments: [
      'event_source_arn',
      'function_name',
      'batch_size',
      'enabled',
      'function_response_types',
      'scaling_config',
    ],
  },

  aws_lambda_provisioned_concurrency_config: {
    arguments: ['function_name', 'qualifier', 'provisioned_concurrent_executions'],
    noEffect: 'a process starts in a second, and costs the memory of this machine while it waits',
  },

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

  aws_iam_role: {
    arguments: [
      'name',
      'path',
      'description',
      'assume_role_policy',
      'max_session_duration',
      'permissions_boundary',
    ],
    attributes: { id: same('name'), arn: iamArn('role') },
  },
  aws_iam_role_policy: {
    arguments: ['name', 'role', 'policy'],
    attributes: { id: (get) => `${get('role')}:${get('name')}` },
  },
  aws_iam_policy: {
    arguments: ['name', 'path', 'description', 'policy'],
    attributes: { id: iamArn('policy'), arn: iamArn('policy') },
  },
  aws_iam_role_policy_attachment: { arguments: ['role', 'policy_arn'] },

  aws_cloudwatch_log_group: {
    noEffect: 'logs are written by the functions and the execution history',
    attributes: { id: same('name'), arn: arn('logs', (get) => `log-group:${get('name')}`) },
  },

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

  aws_sns_topic: {
    arguments: ['name', 'display_name', 'kms_master_key_id'],
    attributes: { id: topicArn, arn: topicArn },
  },
  aws_sns_topic_subscription: {
    arguments: ['topic_arn', 'protocol', 'endpoint', 'filter_policy', 'filter_policy_scope'],
  },
  aws_sns_topic_policy: { arguments: ['arn', 'policy'] },

  aws_sqs_queue: {
    arguments: [
      'name',
      'delay_seconds',
      'message_retention_seconds',
      'redrive_policy',
      'visibility_timeout_seconds',
      'receive_wait_time_seconds',
      'sqs_managed_sse_enabled',
      'kms_master_key_id',
      'kms_data_key_reuse_period_seconds',
    ],
    attributes: { id: queueUrl, url: queueUrl, arn: arn('sqs', (get) => `${get('name')}`) },
  },
  aws_sqs_queue_policy: { arguments: ['queue_url', 'policy'] },

  aws_sfn_state_machine: {
    arguments: [
      'name',
      'type',
      'role_arn',
      'definition',
      'logging_configuration',
      'tracing_configuration',
      'publish',
    ],
    attributes: { id: stateMachineArn, arn: stateMachineArn },
  },

  aws_cloudwatch_event_rule: {
    arguments: ['name', 'description', 'event_pattern', 'schedule_expression', 'state'],
    attributes: { id: same('name'), arn: arn('events', (get) => `rule/${get('name')}`) },
  },
  aws_cloudwatch_event_target: {
    arguments: ['rule', 'target_id', 'arn', 'role_arn', 'dead_letter_config', 'retry_policy'],
  },
  aws_lambda_permission: {
    arguments: [
      'statement_id',
      'action',
      'function_name',
      'qualifier',
      'principal',
      'source_arn',
      'source_account',
    ],
  },

  aws_cloudwatch_metric_alarm: {
    arguments: [
      'alarm_name',
      'alarm_description',
      'namespace',
      'metric_name',
      'dimensions',
      'statistic',
      'period',
      'metric_query',
      'comparison_operator',
      'threshold',
      'evaluation_periods',
      'datapoints_to_alarm',
      'treat_missing_data',
      'alarm_actions',
      'ok_actions',
      'insufficient_data_actions',
      'actions_enabled',
    ],
    attributes: { id: same('alarm_name'), arn: arn('cloudwatch', (get) => `alarm:${get('alarm_name')}`) },
  },
  aws_cloudwatch_dashboard: { noEffect: 'there is no console to show it' },
};

export const DATA_SOURCES: Record<string, ResourceType> = {
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
      id: same('bucket'),
      arn: bucketArn,
      // `bucket_region` since version 6 of the provider, `region` before.
      bucket_region: (_, place) => place.region,
      region: (_, place) => place.region,
      bucket_domain_name: (get) => `${get('bucket')}.s3.amazonaws.com`,
      bucket_regional_domain_name: (get, place) => `${get('bucket')}.s3.${place.region}.amazonaws.com`,
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
