import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExistingInput, parseExisting, readExisting } from '../../../local-aws/stack/existing';
import { loadStack } from '../../../local-aws/stack/load';

const PLACE = { account: '000000000000', region: 'eu-west-1' };
const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/1b2c';
const BOUNDARY = 'arn:aws:iam::000000000000:policy/boundary';

type Blocks = Record<string, Record<string, object>>;

function fileOf(value: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'account-')), 'cdk.tf.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

const load = (resource: Blocks, data: Blocks = {}, existing: ExistingInput = {}) =>
  loadStack(fileOf({ resource, data }), PLACE, parseExisting(existing, 'existing'));

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

describe('a bucket that exists', () => {
  const data = (lifecycle: object = {}) => ({
    aws_s3_bucket: { photos: { bucket: 'photos-of-the-team', lifecycle } },
  });

  test('is there, without versions, and sends its events', () => {
    expect(load({}, data()).buckets).toEqual([
      {
        name: 'photos-of-the-team',
        arn: 'arn:aws:s3:::photos-of-the-team',
        versioning: false,
        eventBridge: true,
      },
    ]);
  });

  test('is as the file describes it', () => {
    const buckets = { 'photos-of-the-team': { versioning: true, eventBridge: false, kmsKey: KEY } };
    const stack = load({}, data(), { buckets });
    expect(stack.buckets).toEqual([
      expect.objectContaining({
        versioning: true,
        eventBridge: false,
        encryption: { key: KEY, bucketKey: false },
      }),
    ]);
    expect(stack.keys).toEqual([expect.objectContaining({ arn: KEY, madeBy: 'account' })]);
  });

  test("has the stack's notifications if the stack manages them", () => {
    const events = { aws_s3_bucket_notification: { e: { bucket: 'photos-of-the-team', eventbridge: true } } };
    const buckets = { 'photos-of-the-team': { eventBridge: false } };
    expect(load(events, data(), { buckets }).buckets[0]?.eventBridge).toBe(true);
  });

  const inRegion = (region: string) => ({
    postcondition: [
      {
        condition: `\${self.bucket_region == "${region}"}`,
        error_message: `Expected a bucket in ${region}, but it is in \${self.bucket_region}.`,
      },
    ],
  });

  test("must meet the stack's conditions", () => {
    expect(() => load({}, data(inRegion('eu-west-1')))).not.toThrow();
    expect(() => load({}, data(inRegion('us-east-1')))).toThrow(
      'data.aws_s3_bucket.photos.lifecycle: Expected a bucket in us-east-1, but it is in eu-west-1.',
    );
    const length = { precondition: { condition: '${length("a") == 1}', error_message: 'No.' } };
    expect(() => load({}, data(length))).toThrow('data.aws_s3_bucket.photos.lifecycle: Expected a plain');
  });
});

describe('the concurrency of the account', () => {
  const quota = (quota_code: string) => ({
    aws_servicequotas_service_quota: { c: { service_code: 'lambda', quota_code } },
  });
  const topic = {
    aws_sns_topic: { t: { name: '${data.aws_servicequotas_service_quota.c.value >= 1000 ? "a" : "b"}' } },
  };

  test('is the usual one by default', () => {
    expect(load(topic, quota('L-B99A9384')).topics[0]?.name).toBe('a');
  });

  test('is the only quota that is known', () => {
    expect(() => load(topic, quota('L-1'))).toThrow(
      'aws_sns_topic.t.name: Expected a quota the engine knows (lambda L-B99A9384) but received lambda L-1',
    );
  });
});

describe('a permissions boundary', () => {
  const role = (permissions_boundary: string) => ({
    aws_iam_role: {
      r: { name: 'r', assume_role_policy: JSON.stringify(document()), permissions_boundary },
    },
  });
  const boundaryOf = (resource: Blocks, existing?: ExistingInput) =>
    load(resource, {}, existing).roles[0]?.boundary;

  test('of the stack is read', () => {
    const policy = { aws_iam_policy: { b: { name: 'b', policy: JSON.stringify(document(everything)) } } };
    expect(boundaryOf({ ...policy, ...role('${aws_iam_policy.b.arn}') })).toEqual({
      arn: 'arn:aws:iam::000000000000:policy/b',
      document: document({ Effect: 'Allow', Action: ['*'], Resource: ['*'] }),
    });
  });

  test('of the account is unknown until its document is given', () => {
    expect(boundaryOf(role(BOUNDARY))).toEqual({ arn: BOUNDARY });
    const told = document({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' });
    expect(boundaryOf(role(BOUNDARY), { policies: { [BOUNDARY]: told } })?.document?.Statement).toEqual([
      { Effect: 'Allow', Action: [], NotAction: ['iam:*'], Resource: ['*'] },
    ]);
  });

  test('may have any statement about services that do not run here, and only about those', () => {
    const keep = (Action: string) => ({
      Effect: 'Deny',
      Action,
      Resource: '*',
      Condition: { StringNotEquals: { 'iam:PermissionsBoundary': BOUNDARY } },
    });
    const told = (Action: string) => ({ policies: { [BOUNDARY]: document(everything, keep(Action)) } });
    expect(boundaryOf(role(BOUNDARY), told('iam:CreateRole'))?.document?.Statement).toHaveLength(1);
    expect(() => load(role(BOUNDARY), {}, told('s3:*'))).toThrow(
      'aws_iam_role.r: Expected a condition key that calls have locally',
    );
  });
});

describe('keys', () => {
  const key = (extra: object = {}) => ({ aws_kms_key: { k: { enable_key_rotation: true, ...extra } } });
  const alias = { aws_kms_alias: { a: { name: 'alias/mine', target_key_id: '${aws_kms_key.k.key_id}' } } };
  const topic = (kms_master_key_id: string) => ({ aws_sns_topic: { t: { name: 't', kms_master_key_id } } });

  test('are found by ARN, id, alias and ARN of an alias', () => {
    const named = (reference: string) => load({ ...key(), ...alias, ...topic(reference) }).topics[0]?.key;
    const arn = named('${aws_kms_key.k.arn}');
    expect(arn).toMatch(/^arn:aws:kms:eu-west-1:000000000000:key\/[0-9a-f-]{36}$/);
    for (const reference of ['${aws_kms_key.k.id}', 'alias/mine', '${aws_kms_alias.a.arn}']) {
      expect(named(reference)).toBe(arn);
    }
  });

  test('encrypt buckets, queues, tables and log groups too', () => {
    const arn = '${aws_kms_key.k.arn}';
    const byDefault = { sse_algorithm: 'aws:kms', kms_master_key_id: arn };
    const stack = load({
      ...key(),
      aws_s3_bucket: { b: { bucket: 'b' } },
      aws_s3_bucket_server_side_encryption_configuration: {
        e: {
          bucket: 'b',
          rule: [{ apply_server_side_encryption_by_default: byDefault, bucket_key_enabled: true }],
        },
      },
      aws_sqs_queue: { q: { name: 'q', kms_master_key_id: arn } },
      aws_cloudwatch_log_group: { l: { name: 'l', kms_key_id: arn } },
      aws_dynamodb_table: {
        t: {
          name: 't',
          hash_key: 'id',
          attribute: [{ name: 'id', type: 'S' }],
          billing_mode: 'PAY_PER_REQUEST',
          deletion_protection_enabled: true,
          server_side_encryption: { enabled: true, kms_key_arn: arn },
        },
      },
    });
    const [made] = stack.keys;
    expect(stack.buckets[0]?.encryption).toEqual({ key: made?.arn, bucketKey: true });
    expect([stack.queues[0]?.key, stack.logGroups[0]?.key, stack.tables[0]?.key]).toEqual(
      Array(3).fill(made?.arn),
    );
  });

  test("have the stack's policy, or the one that KMS creates", () => {
    const actions = (resource: Blocks) =>
      load(resource).keys[0]?.policy.Statement.map(({ Action }) => Action);
    expect(actions(key())).toEqual([['kms:*']]);
    const root = { AWS: 'arn:aws:iam::000000000000:root' };
    const policy = document({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Principal: root });
    expect(actions(key({ policy: JSON.stringify(policy) }))).toEqual([['kms:Decrypt']]);
  });

  test('of AWS exist if they are used, one for each service', () => {
    expect(load(topic('alias/aws/sns')).keys).toEqual([expect.objectContaining({ madeBy: 'aws' })]);
    expect(() => load(topic('alias/aws/ebs'))).toThrow('aws_sns_topic.t: Expected a key of the stack');
  });

  test('of other accounts are known by their policies', () => {
    expect(() => load(topic(KEY))).toThrow(
      `aws_sns_topic.t: Expected a key of the stack, or one whose policy is among what exists besides the stack, but received ${KEY}`,
    );
    const existing = { keys: { [KEY]: document({ ...everything, Action: 'kms:*', Principal: '*' }) } };
    expect(load(topic(KEY), {}, existing).topics[0]?.key).toBe(KEY);
  });

  test.each<[what: string, extra: object, message: string]>([
    ['that sign', { key_usage: 'SIGN_VERIFY' }, 'Expected ENCRYPT_DECRYPT for key_usage'],
    ['that are off', { is_enabled: false }, 'Expected true for is_enabled but received false'],
    ['in other regions', { multi_region: true }, 'does not know this argument of aws_kms_key'],
  ])('%s are refused', (_, extra, message) => {
    expect(() => load(key(extra))).toThrow(message);
  });

  test('a bucket has no second layer of encryption', () => {
    const rule = { apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms:dsse' } };
    const resource = {
      aws_s3_bucket: { b: { bucket: 'b' } },
      aws_s3_bucket_server_side_encryption_configuration: { e: { bucket: 'b', rule: [rule] } },
    };
    expect(() => load(resource)).toThrow('Expected AES256 or aws:kms for sse_algorithm');
  });
});

describe('provisioned concurrency', () => {
  const functions = (fn: object, provisioned: object) => ({
    aws_lambda_function: {
      f: { function_name: 'f', role: 'r', handler: 'index.handler', filename: 'f.zip', publish: true, ...fn },
    },
    aws_lambda_provisioned_concurrency_config: {
      p: {
        function_name: '${aws_lambda_function.f.function_name}',
        qualifier: '${aws_lambda_function.f.version}',
        provisioned_concurrent_executions: 5,
        ...provisioned,
      },
    },
  });

  test('belongs to a published version, within the reserved concurrency', () => {
    expect(() => load(functions({ reserved_concurrent_executions: 5 }, {}))).not.toThrow();
    expect(() => load(functions({ publish: false }, {}))).toThrow('Expected a published version');
    expect(() => load(functions({ reserved_concurrent_executions: 4 }, {}))).toThrow(
      'aws_lambda_provisioned_concurrency_config.p: Expected at most the 4 that are reserved for f but received 5',
    );
  });
});

describe('the file of what exists', () => {
  test('is refused with what is wrong in it', () => {
    expect(() => readExisting(fileOf('{'))).toThrow('Expected a JSON file of what exists besides the stack');
    const file = fileOf({ buckets: { b: { versioned: true } }, key: {} });
    expect(() => readExisting(file)).toThrow(`${file}.buckets.b: Unrecognized key: "versioned"`);
    expect(() => readExisting(file)).toThrow(`${file}: Unrecognized key: "key"`);
  });
});
