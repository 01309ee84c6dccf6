import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Block, evaluate, type Terraform } from './evaluate';
import type {
  Bucket,
  LambdaFunction,
  PolicyDocument,
  Queue,
  Role,
  Rule,
  Stack,
  StateMachine,
  Table,
  Topic,
} from './model';
import { parsePolicy } from './policy';
import type { Place } from './resources';
import { createTableInput } from './table';

type Json = Record<string, unknown>;

/**
 * Reads a synthesized stack and resolves every reference to the value AWS would assign.
 *
 * @param file path of the `cdk.tf.json` that `cdktf synth` wrote
 * @param place account and region the stack runs in; the region of the stack's provider wins
 * @throws Error listing, one per line and with its address, everything the local engine can't run faithfully
 */
export function loadStack(file: string, place: Place): Stack {
  const terraform = JSON.parse(readFileSync(file, 'utf8')) as Terraform;
  const problems: string[] = [];
  const folder = dirname(resolve(file));
  const { resources, outputs, place: here } = evaluate(terraform, place, (problem) => problems.push(problem));

  /** Every block of a type, built; what building one throws becomes a problem with its address. */
  const each = <T>(type: string, build: (block: Block) => T): T[] =>
    resources
      .filter((block) => block.type === type)
      .flatMap((block) => {
        try {
          return [build(block)];
        } catch (error) {
          problems.push(`${block.address}: ${(error as Error).message}`);
          return [];
        }
      });

  const buckets = each('aws_s3_bucket', bucket);
  const topics = each('aws_sns_topic', topic);
  const queues = each('aws_sqs_queue', queue);
  const roles = each('aws_iam_role', role);
  const rules = each('aws_cloudwatch_event_rule', rule);
  const policies = new Map(
    each('aws_iam_policy', (block) => [text(block, 'arn'), parsePolicy(block.get('policy'))] as const),
  );
  const resourcePolicies: Record<string, PolicyDocument> = {};

  each('aws_s3_bucket_versioning', (block) => {
    const { status } = single(block.get('versioning_configuration'));
    find(buckets, 'name', block.get('bucket')).versioning = status === 'Enabled';
  });
  each('aws_s3_bucket_notification', (block) => {
    find(buckets, 'name', block.get('bucket')).eventBridge = block.get('eventbridge') === true;
  });
  each('aws_sns_topic_subscription', (block) => {
    const filterPolicy = block.get('filter_policy');
    find(topics, 'arn', block.get('topic_arn')).subscriptions.push({
      protocol: String(block.get('protocol')),
      endpoint: String(block.get('endpoint')),
      ...(filterPolicy !== undefined && { filterPolicy: json(filterPolicy) }),
    });
  });
  each('aws_s3_bucket_policy', (block) => {
    resourcePolicies[find(buckets, 'name', block.get('bucket')).arn] = parsePolicy(block.get('policy'));
  });
  each('aws_sns_topic_policy', (block) => {
    resourcePolicies[find(topics, 'arn', block.get('arn')).arn] = parsePolicy(block.get('policy'));
  });
  each('aws_sqs_queue_policy', (block) => {
    resourcePolicies[find(queues, 'url', block.get('queue_url')).arn] = parsePolicy(block.get('policy'));
  });
  each('aws_iam_role_policy', (block) => {
    find(roles, 'name', block.get('role')).policies.push(parsePolicy(block.get('policy')));
  });
  each('aws_iam_role_policy_attachment', (block) => {
    const policy = policies.get(String(block.get('policy_arn')));
    if (!policy) {
      throw new Error(
        `${block.get('policy_arn')} is not in the stack, so its statements are unknown locally`,
      );
    }
    find(roles, 'name', block.get('role')).policies.push(policy);
  });
  each('aws_cloudwatch_event_target', (block) => {
    find(rules, 'name', block.get('rule')).targets.push(target(block));
  });

  const stack: Stack = {
    name: terraform['//']?.metadata?.stackName ?? basename(folder),
    ...here,
    buckets,
    tables: each('aws_dynamodb_table', table),
    topics,
    queues,
    functions: each('aws_lambda_function', (block) => lambdaFunction(block, folder)),
    stateMachines: each('aws_sfn_state_machine', stateMachine),
    rules,
    roles,
    resourcePolicies,
    outputs,
  };
  if (problems.length > 0) {
    throw new Error(
      `${file} has ${problems.length} ${problems.length === 1 ? 'part' : 'parts'} that cannot run locally:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
  return stack;
}

function text(block: Block, attribute: string): string {
  const value = block.attribute(attribute);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`Expected text for ${attribute} but received ${JSON.stringify(value)}`);
  }
  return value;
}

/** Terraform JSON writes a block that may stand once as an object or as a list of one. */
function single(value: unknown): Json {
  return ((Array.isArray(value) ? value[0] : value) ?? {}) as Json;
}

function json(value: unknown): Json {
  try {
    return JSON.parse(String(value)) as Json;
  } catch (error) {
    throw new Error(
      `Expected JSON text but received ${String(value).slice(0, 80)}…: ${(error as Error).message}`,
    );
  }
}

function find<K extends string, T extends Record<K, unknown>>(items: T[], key: K, value: unknown): T {
  const found = items.find((item) => item[key] === value);
  if (!found) throw new Error(`Expected a resource of the stack but received ${JSON.stringify(value)}`);
  return found;
}

function bucket(block: Block): Bucket {
  return { name: text(block, 'bucket'), arn: text(block, 'arn'), versioning: false, eventBridge: false };
}

function table(block: Block): Table {
  return { name: text(block, 'name'), arn: text(block, 'arn'), create: createTableInput(block.get) };
}

function topic(block: Block): Topic {
  return { name: text(block, 'name'), arn: text(block, 'arn'), subscriptions: [] };
}

function queue(block: Block): Queue {
  return { name: text(block, 'name'), arn: text(block, 'arn'), url: text(block, 'url') };
}

function role(block: Block): Role {
  return {
    name: text(block, 'name'),
    arn: text(block, 'arn'),
    trust: parsePolicy(block.get('assume_role_policy')),
    policies: [],
  };
}

/** Defaults of timeout and memory: docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
function lambdaFunction(block: Block, folder: string): LambdaFunction {
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

function stateMachine(block: Block): StateMachine {
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

function rule(block: Block): Rule {
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

function target(block: Block): Rule['targets'][number] {
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
