/** Builds the parts of the model, each from one resource of the stack. */

import { resolve } from 'node:path';
import { parseRate } from '../events/rate';
import { json, single, text } from './arguments';
import type { Block } from './block';
import type { Keyring } from './keys';
import type {
  Bucket,
  BucketEncryption,
  LambdaFunction,
  LogGroup,
  Queue,
  QueueAttributes,
  Role,
  Rule,
  Schedule,
  Stack,
  StateMachine,
  Table,
  Topic,
} from './model';
import { parsePolicy } from './policy';
import { createTableInput } from './table';

export function bucket(block: Block): Bucket {
  return { name: text(block, 'bucket'), arn: text(block, 'arn'), versioning: false, eventBridge: false };
}

/**
 * @param block an `aws_s3_bucket_server_side_encryption_configuration`
 * @returns undefined where S3 encrypts with its own key
 */
export function bucketEncryption(block: Block, keys: Keyring): BucketEncryption | undefined {
  const rule = single(block.get('rule'));
  const byDefault = single(rule['apply_server_side_encryption_by_default']);
  const algorithm = byDefault['sse_algorithm'] ?? 'AES256';
  if (algorithm === 'AES256') return undefined;
  if (algorithm !== 'aws:kms') {
    throw new Error(`Expected AES256 or aws:kms for sse_algorithm but received ${JSON.stringify(algorithm)}`);
  }
  return {
    key: keys.arnOf(String(byDefault['kms_master_key_id'] ?? 'alias/aws/s3')),
    bucketKey: rule['bucket_key_enabled'] === true,
  };
}

/** The key that an argument names, if any, to be spread into the resource. */
function keyNamed(reference: unknown, keys: Keyring): { key?: string } {
  return reference === undefined ? {} : { key: keys.arnOf(String(reference)) };
}

export function logGroup(block: Block, keys: Keyring): LogGroup {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    ...keyNamed(block.get('kms_key_id'), keys),
  };
}

export function table(block: Block, keys: Keyring): Table {
  const ttl = single(block.get('ttl'));
  const encryption = single(block.get('server_side_encryption'));
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    create: createTableInput(block.get),
    ...(ttl['enabled'] === true && { timeToLive: String(ttl['attribute_name']) }),
    ...(encryption['enabled'] === true && keyNamed(encryption['kms_key_arn'] ?? 'alias/aws/dynamodb', keys)),
  };
}

export function topic(block: Block, keys: Keyring): Topic {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    subscriptions: [],
    ...keyNamed(block.get('kms_master_key_id'), keys),
  };
}

export function queue(block: Block, keys: Keyring): Queue {
  const redrive = block.get('redrive_policy');
  const attributes = {
    VisibilityTimeout: seconds(block, 'visibility_timeout_seconds'),
    DelaySeconds: seconds(block, 'delay_seconds'),
    MessageRetentionPeriod: seconds(block, 'message_retention_seconds'),
    RedrivePolicy: redrive === undefined ? undefined : redrivePolicy(redrive),
  };
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    url: text(block, 'url'),
    attributes: Object.fromEntries(given),
    ...keyNamed(block.get('kms_master_key_id'), keys),
  };
}

function seconds(block: Block, argument: string): number | undefined {
  const value = block.get(argument);
  if (value === undefined || typeof value === 'number') return value;
  throw new Error(`Expected a number of seconds for ${argument} but received ${JSON.stringify(value)}`);
}

function redrivePolicy(value: unknown): QueueAttributes['RedrivePolicy'] {
  const { deadLetterTargetArn, maxReceiveCount } = json(value);
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

/** @param documents managed policies by ARN */
export function role(block: Block, documents: Map<string, unknown>): Role {
  const boundary = block.get('permissions_boundary');
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    trust: parsePolicy(block.get('assume_role_policy'), 'trust'),
    policies: [],
    ...(boundary !== undefined && { boundary: boundaryOf(String(boundary), documents) }),
  };
}

function boundaryOf(arn: string, documents: Map<string, unknown>): Role['boundary'] {
  const document = documents.get(arn);
  return { arn, ...(document !== undefined && { document: parsePolicy(document, 'boundary') }) };
}

/** @throws Error for what Lambda would not accept */
export function provisionedConcurrency(block: Block, functions: LambdaFunction[]): void {
  const [name, qualifier] = [text(block, 'function_name'), text(block, 'qualifier')];
  const fn = functions.find((each) => [each.name, each.arn].includes(name) && each.version === qualifier);
  if (!fn || qualifier === '$LATEST') {
    throw new Error(
      `Expected a published version of a function of the stack but received ${name} ${qualifier}`,
    );
  }
  const instances = Number(block.get('provisioned_concurrent_executions'));
  const { reservedConcurrency = Number.POSITIVE_INFINITY } = fn;
  if (instances > reservedConcurrency) {
    throw new Error(
      `Expected at most the ${reservedConcurrency} that are reserved for ${name} but received ${instances} for provisioned_concurrent_executions`,
    );
  }
}

/** Defaults of timeout and memory: docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function lambdaFunction(block: Block, folder: string): LambdaFunction {
  const name = text(block, 'function_name');
  const variables = single(single(block.get('environment'))['variables']);
  const reserved = block.get('reserved_concurrent_executions');
  const logGroup = single(block.get('logging_config'))['log_group'];
  return {
    name,
    arn: text(block, 'arn'),
    qualifiedArn: text(block, 'qualified_arn'),
    version: text(block, 'version'),
    handler: text(block, 'handler'),
    zip: resolve(folder, text(block, 'filename')),
    role: text(block, 'role'),
    timeoutSeconds: Number(block.get('timeout') ?? 3),
    memoryMb: Number(block.get('memory_size') ?? 128),
    environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
    // In Terraform, -1 means "not reserved".
    ...(typeof reserved === 'number' && reserved >= 0 && { reservedConcurrency: reserved }),
    logGroup: typeof logGroup === 'string' ? logGroup : `/aws/lambda/${name}`,
  };
}

export function stateMachine(block: Block): StateMachine {
  const logging = single(block.get('logging_configuration'));
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    type: (block.get('type') ?? 'STANDARD') as StateMachine['type'],
    role: text(block, 'role_arn'),
    definition: json(block.get('definition')),
    logging: {
      level: (logging['level'] ?? 'OFF') as StateMachine['logging']['level'],
      includeExecutionData: logging['include_execution_data'] === true,
    },
  };
}

export function rule(block: Block): Rule {
  return { ...ruleName(block), pattern: json(block.get('event_pattern')), targets: [] };
}

export function schedule(block: Block): Schedule {
  const { name, arn } = ruleName(block);
  if (block.get('event_pattern') !== undefined) {
    throw new Error('Expected an event pattern or a schedule expression but received both');
  }
  const everySeconds = parseRate(text(block, 'schedule_expression'));
  return { name, arn, everySeconds, pattern: { resources: [arn] }, targets: [] };
}

function ruleName(block: Block): { name: string; arn: string } {
  const state = block.get('state') ?? 'ENABLED';
  if (state !== 'ENABLED')
    throw new Error(`Expected ENABLED for state but received ${JSON.stringify(state)}`);
  return { name: text(block, 'name'), arn: text(block, 'arn') };
}

/** @throws Error for a target that is neither a state machine nor a function of the stack */
export function target(
  block: Block,
  { functions, stateMachines }: Pick<Stack, 'functions' | 'stateMachines'>,
): Rule['targets'][number] {
  const arn = text(block, 'arn');
  if (
    ![...stateMachines, ...functions].some(
      (each) => arn === each.arn || ('qualifiedArn' in each && arn === each.qualifiedArn),
    )
  ) {
    throw new Error(`Expected a state machine or function of the stack for arn but received ${arn}`);
  }
  const deadLetterQueue = single(block.get('dead_letter_config'))['arn'];
  const retry = single(block.get('retry_policy'));
  const attempts = retry['maximum_retry_attempts'];
  const age = retry['maximum_event_age_in_seconds'];
  const role = block.get('role_arn');
  return {
    arn,
    ...(typeof role === 'string' && { role }),
    ...(typeof deadLetterQueue === 'string' && { deadLetterQueue }),
    ...(typeof attempts === 'number' && { maximumRetryAttempts: attempts }),
    ...(typeof age === 'number' && { maximumEventAgeSeconds: age }),
  };
}
