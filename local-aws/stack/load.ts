import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { alarm } from './alarm';
import { httpApi } from './api-gateway';
import { json, single, text } from './arguments';
import type { Block } from './block';
import { bucketCors } from './bucket-cors';
import { accessControl, distribution } from './cloudfront';
import {
  lambdaFunction,
  provisionedConcurrency,
  role,
  rule,
  schedule,
  stateMachine,
  target,
} from './compute';
import { evaluate, type Terraform } from './evaluate';
import { eventSourceMapping } from './event-source-mapping';
import { type Existing, parseExisting } from './existing';
import { functionUrl } from './function-url';
import { Keyring } from './keys';
import { lambdaPermission } from './lambda-permission';
import type { Bucket, PolicyDocument, Stack } from './model';
import { parsePolicy } from './policy';
import type { Place } from './resources';
import { bucket, bucketEncryption, logGroup, queue, table, topic } from './storage';

/**
 * Reads a synthesized stack and resolves every reference to the value AWS would assign.
 *
 * @param file path of the `cdk.tf.json` that `cdktf synth` wrote
 * @param place account and region the stack runs in; the region that the stack's provider names comes first
 * @param existing what the account holds besides the stack
 * @throws Error listing, one per line and with its address, everything the local engine can't run faithfully
 */
export function loadStack(
  file: string,
  place: Partial<Place> = {},
  existing: Existing = NOTHING_BESIDES,
): Stack {
  const terraform = JSON.parse(readFileSync(file, 'utf8')) as Terraform;
  const problems: string[] = [];
  const folder = dirname(resolve(file));
  const evaluated = evaluate(terraform, withDefaults(place), (problem) => problems.push(problem));
  const { resources, dataSources, outputs, place: here } = evaluated;

  /** Builds every block of a type. An error becomes a problem with the address of the block. */
  const each = <T>(type: string, build: (block: Block) => T, blocks = resources): T[] =>
    blocks
      .filter((block) => block.type === type)
      .flatMap((block) => {
        try {
          return [build(block)];
        } catch (error) {
          problems.push(`${block.address}: ${(error as Error).message}`);
          return [];
        }
      });

  const keys = new Keyring(here, existing.keys);
  each('aws_kms_key', (block) => keys.add(block));
  each('aws_kms_alias', (block) => keys.name(block));

  const made = each('aws_s3_bucket', bucket);
  const referredTo = each('aws_s3_bucket', (block) => existingBucket(block, existing, keys), dataSources);
  const buckets = [...made, ...referredTo.filter(({ name }) => !made.some((own) => own.name === name))];
  const topics = each('aws_sns_topic', (block) => topic(block, keys));
  const queues = each('aws_sqs_queue', (block) => queue(block, keys));
  const policies = new Map(
    each('aws_iam_policy', (block) => [text(block, 'arn'), block.get('policy')] as const),
  );
  for (const [arn, document] of Object.entries(existing.policies)) policies.set(arn, document);
  const roles = each('aws_iam_role', (block) => role(block, policies));
  const isSchedule = (block: Block) => block.get('schedule_expression') !== undefined;
  const rules = each(
    'aws_cloudwatch_event_rule',
    rule,
    resources.filter((block) => !isSchedule(block)),
  );
  const schedules = each('aws_cloudwatch_event_rule', schedule, resources.filter(isSchedule));
  const resourcePolicies: Record<string, PolicyDocument> = {};

  each('aws_s3_bucket_versioning', (block) => {
    const { status } = single(block.get('versioning_configuration'));
    find(buckets, 'name', block.get('bucket')).versioning = status === 'Enabled';
  });
  each('aws_s3_bucket_notification', (block) => {
    find(buckets, 'name', block.get('bucket')).eventBridge = block.get('eventbridge') === true;
  });
  each('aws_s3_bucket_server_side_encryption_configuration', (block) => {
    const encryption = bucketEncryption(block, keys);
    if (encryption) find(buckets, 'name', block.get('bucket')).encryption = encryption;
  });
  each('aws_s3_bucket_cors_configuration', (block) => {
    find(buckets, 'name', block.get('bucket')).cors = bucketCors(block);
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
    const document = policies.get(String(block.get('policy_arn')));
    if (document === undefined) {
      throw new Error(
        `${block.get('policy_arn')} is not in the stack, so its statements are unknown locally: put its document under ` +
          '"policies" of what exists besides the stack',
      );
    }
    find(roles, 'name', block.get('role')).policies.push(parsePolicy(document, 'identity'));
  });

  const functions = each('aws_lambda_function', (block) => lambdaFunction(block, folder));
  each('aws_lambda_permission', (block) => {
    const { arn, statement } = lambdaPermission(block, functions);
    resourcePolicies[arn] ??= { Version: '2012-10-17', Statement: [] };
    resourcePolicies[arn].Statement.push(statement);
  });
  const functionUrls = each('aws_lambda_function_url', (block) => functionUrl(block, functions));
  const mappings = each('aws_lambda_event_source_mapping', (block) =>
    eventSourceMapping(block, queues, functions),
  );

  each('aws_lambda_provisioned_concurrency_config', (block) => provisionedConcurrency(block, functions));
  // These are added before the list of keys is read, since resources that refer to keys add to it.
  const tables = each('aws_dynamodb_table', (block) => table(block, keys));
  const logGroups = each('aws_cloudwatch_log_group', (block) => logGroup(block, keys));

  const parameters = Object.entries(existing.parameters).map(([name, { value, kmsKey }]) => ({
    name,
    value,
    ...(kmsKey && { key: keys.addExisting(kmsKey) }),
  }));

  const stack: Stack = {
    name: terraform['//']?.metadata?.stackName ?? basename(folder),
    account: here.account,
    region: here.region,
    buckets,
    tables,
    topics,
    queues,
    functions,
    functionUrls,
    eventSourceMappings: mappings.filter((mapping) => mapping !== undefined),
    stateMachines: each('aws_sfn_state_machine', stateMachine),
    rules,
    schedules,
    alarms: [],
    distributions: [],
    apis: [],
    roles,
    keys: keys.keys,
    logGroups,
    parameters,
    resourcePolicies,
    outputs,
  };
  each('aws_cloudwatch_event_target', (block) => {
    find([...rules, ...schedules], 'name', block.get('rule')).targets.push(target(block, stack));
  });
  const byId = (type: string) => new Map(each(type, (block) => [text(block, 'id'), block] as const));
  const apiParts = {
    functions,
    stages: each('aws_apigatewayv2_stage', (block) => block),
    routes: each('aws_apigatewayv2_route', (block) => block),
    authorizers: byId('aws_apigatewayv2_authorizer'),
    integrations: byId('aws_apigatewayv2_integration'),
  };
  stack.apis.push(...each('aws_apigatewayv2_api', (block) => httpApi(block, apiParts)));
  stack.alarms.push(...each('aws_cloudwatch_metric_alarm', (block) => alarm(block, stack)));
  const parts = {
    ...stack,
    controls: each('aws_cloudfront_origin_access_control', accessControl),
    cachePolicies: byId('aws_cloudfront_cache_policy'),
    responseHeadersPolicies: byId('aws_cloudfront_response_headers_policy'),
    publicKeys: byId('aws_cloudfront_public_key'),
    keyGroups: byId('aws_cloudfront_key_group'),
  };
  stack.distributions.push(...each('aws_cloudfront_distribution', (block) => distribution(block, parts)));
  if (problems.length > 0) {
    throw new Error(
      `${file} has ${problems.length} ${problems.length === 1 ? 'part' : 'parts'} that cannot run locally:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
  return stack;
}

/** An account that AWS assigns to no one, and the region that AWS's own examples use. */
const withDefaults = ({
  account = '000000000000',
  region = 'us-east-1',
  endpoint,
}: Partial<Place>): Place => ({
  account,
  region,
  ...(endpoint !== undefined && { endpoint }),
});

const NOTHING_BESIDES = parseExisting({}, 'existing');

/** A bucket that the stack refers to but doesn't create. */
function existingBucket(block: Block, { buckets }: Existing, keys: Keyring): Bucket {
  const found = bucket(block);
  const { versioning = false, eventBridge = true, kmsKey } = buckets[found.name] ?? {};
  const encryption = kmsKey && { key: keys.addExisting(kmsKey), bucketKey: false };
  return { ...found, versioning, eventBridge, ...(encryption && { encryption }) };
}

const rolePolicy = (block: Block) => parsePolicy(block.get('policy'), 'identity');
const resourcePolicy = (block: Block) => parsePolicy(block.get('policy'), 'resource');

function find<K extends string, T extends Record<K, unknown>>(items: T[], key: K, value: unknown): T {
  const found = items.find((item) => item[key] === value);
  if (!found) throw new Error(`Expected a resource of the stack but received ${JSON.stringify(value)}`);
  return found;
}
