import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import {
  bucket,
  json,
  lambdaFunction,
  queue,
  role,
  rule,
  single,
  stateMachine,
  table,
  target,
  text,
  topic,
} from './build';
import { type Block, evaluate, type Terraform } from './evaluate';
import { eventSourceMapping } from './event-source-mapping';
import type { PolicyDocument, Stack } from './model';
import { parsePolicy } from './policy';
import type { Place } from './resources';

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
    each('aws_iam_policy', (block) => [text(block, 'arn'), rolePolicy(block)] as const),
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
    resourcePolicies[find(buckets, 'name', block.get('bucket')).arn] = resourcePolicy(block);
  });
  each('aws_sns_topic_policy', (block) => {
    resourcePolicies[find(topics, 'arn', block.get('arn')).arn] = resourcePolicy(block);
  });
  each('aws_sqs_queue_policy', (block) => {
    resourcePolicies[find(queues, 'url', block.get('queue_url')).arn] = resourcePolicy(block);
  });
  each('aws_iam_role_policy', (block) => {
    find(roles, 'name', block.get('role')).policies.push(rolePolicy(block));
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

  const functions = each('aws_lambda_function', (block) => lambdaFunction(block, folder));
  const mappings = each('aws_lambda_event_source_mapping', (block) =>
    eventSourceMapping(block, queues, functions),
  );

  const stack: Stack = {
    name: terraform['//']?.metadata?.stackName ?? basename(folder),
    account: here.account,
    region: here.region,
    buckets,
    tables: each('aws_dynamodb_table', table),
    topics,
    queues,
    functions,
    eventSourceMappings: mappings.filter((mapping) => mapping !== undefined),
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

const rolePolicy = (block: Block) => parsePolicy(block.get('policy'), 'identity');
const resourcePolicy = (block: Block) => parsePolicy(block.get('policy'), 'resource');

function find<K extends string, T extends Record<K, unknown>>(items: T[], key: K, value: unknown): T {
  const found = items.find((item) => item[key] === value);
  if (!found) throw new Error(`Expected a resource of the stack but received ${JSON.stringify(value)}`);
  return found;
}
