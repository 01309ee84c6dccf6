/** Builds what runs, each from one resource of the stack: functions, state machines, rules, and the roles that they use. */

import { resolve } from 'node:path';
import { parseRate } from '../events/rate';
import { json, single, text } from './arguments';
import type { Block } from './block';
import type { LambdaFunction, Role, Rule, Schedule, Stack, StateMachine } from './model';
import { parsePolicy } from './policy';

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
  const logGroup = /:log-group:(.+?)(:\*)?$/.exec(String(logging['log_destination'] ?? ''))?.[1];
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    type: (block.get('type') ?? 'STANDARD') as StateMachine['type'],
    role: text(block, 'role_arn'),
    definition: json(block.get('definition')),
    logging: {
      level: (logging['level'] ?? 'OFF') as StateMachine['logging']['level'],
      includeExecutionData: logging['include_execution_data'] === true,
      ...(logGroup !== undefined && { logGroup }),
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

/** @throws Error for a target that is no state machine, function, queue or topic of the stack */
export function target(
  block: Block,
  {
    functions,
    stateMachines,
    queues,
    topics,
  }: Pick<Stack, 'functions' | 'stateMachines' | 'queues' | 'topics'>,
): Rule['targets'][number] {
  const arn = text(block, 'arn');
  if (
    ![...stateMachines, ...functions, ...queues, ...topics].some(
      (each) => arn === each.arn || ('qualifiedArn' in each && arn === each.qualifiedArn),
    )
  ) {
    throw new Error(
      `Expected a state machine, function, queue or topic of the stack for arn but received ${arn}`,
    );
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
