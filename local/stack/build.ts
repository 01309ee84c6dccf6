/** Builds the parts of the model, each from one resource of the stack. */

import { resolve } from 'node:path';
import type { Block } from './evaluate';
import type {
  Bucket,
  LambdaFunction,
  Queue,
  QueueAttributes,
  Role,
  Rule,
  StateMachine,
  Table,
  Topic,
} from './model';
import { parsePolicy } from './policy';
import { createTableInput } from './table';

type Json = Record<string, unknown>;

export function text(block: Block, attribute: string): string {
  const value = block.attribute(attribute);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`Expected text for ${attribute} but received ${JSON.stringify(value)}`);
  }
  return value;
}

/** Terraform JSON writes a block that may stand once as an object or as a list of one. */
export function single(value: unknown): Json {
  return ((Array.isArray(value) ? value[0] : value) ?? {}) as Json;
}

export function json(value: unknown): Json {
  try {
    return JSON.parse(String(value)) as Json;
  } catch (error) {
    throw new Error(
      `Expected JSON text but received ${String(value).slice(0, 80)}…: ${(error as Error).message}`,
    );
  }
}

export function bucket(block: Block): Bucket {
  return { name: text(block, 'bucket'), arn: text(block, 'arn'), versioning: false, eventBridge: false };
}

export function table(block: Block): Table {
  const ttl = single(block.get('ttl'));
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    create: createTableInput(block.get),
    ...(ttl['enabled'] === true && { timeToLive: String(ttl['attribute_name']) }),
  };
}

export function topic(block: Block): Topic {
  return { name: text(block, 'name'), arn: text(block, 'arn'), subscriptions: [] };
}

export function queue(block: Block): Queue {
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

export function role(block: Block): Role {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    trust: parsePolicy(block.get('assume_role_policy'), 'trust'),
    policies: [],
  };
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
    // -1 is Terraform's way to say "not reserved".
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
  const state = block.get('state') ?? 'ENABLED';
  if (state !== 'ENABLED')
    throw new Error(`Expected ENABLED for state but received ${JSON.stringify(state)}`);
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    pattern: json(block.get('event_pattern')),
    targets: [],
  };
}

export function target(block: Block): Rule['targets'][number] {
  const deadLetterQueue = single(block.get('dead_letter_config'))['arn'];
  const retry = single(block.get('retry_policy'));
  const attempts = retry['maximum_retry_attempts'];
  const age = retry['maximum_event_age_in_seconds'];
  const role = block.get('role_arn');
  return {
    arn: text(block, 'arn'),
    ...(typeof role === 'string' && { role }),
    ...(typeof deadLetterQueue === 'string' && { deadLetterQueue }),
    ...(typeof attempts === 'number' && { maximumRetryAttempts: attempts }),
    ...(typeof age === 'number' && { maximumEventAgeSeconds: age }),
  };
}
