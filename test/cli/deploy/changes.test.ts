import { checkChanges } from '../../../cli/deploy/changes';
import type { Configuration } from '../../../cli/lib/configuration';
import type { AppliedResource, State } from '../../../cli/lib/state';
import { synthesize } from '../../stacks/synthesized';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';

const configured = (settings: Record<string, unknown>) => synthesize(settings) as unknown as Configuration;

const state = (...resources: AppliedResource[]): State => ({
  source: 'terraform.tfstate',
  written: new Date(),
  outputs: {},
  resources,
});

const table = (name = 'thumbnail-workflow-records', region = 'us-east-1'): AppliedResource => ({
  type: 'aws_dynamodb_table',
  name: 'record-table',
  attributes: { name, arn: `arn:aws:dynamodb:${region}:123456789012:table/${name}` },
});
const key: AppliedResource = { type: 'aws_kms_key', name: 'key', attributes: { arn: KEY } };
const role: AppliedResource = {
  type: 'aws_iam_role_policy',
  name: 'role',
  attributes: { policy: `"${KEY}"` },
};
const encrypted = (type: string, attributes: object): AppliedResource => ({
  type,
  name: 'one',
  attributes: { ...attributes },
});

const withKey = (customerManagedKey: boolean | 'keep') => configured({ encryption: { customerManagedKey } });

describe('the customer-managed key', () => {
  test.each([
    ['a queue', encrypted('aws_sqs_queue', { kms_master_key_id: KEY })],
    [
      'a table',
      encrypted('aws_dynamodb_table', {
        ...table().attributes,
        server_side_encryption: [{ kms_key_arn: KEY }],
      }),
    ],
    ['a function', encrypted('aws_lambda_function', { kms_key_arn: KEY })],
    [
      'a bucket',
      encrypted('aws_s3_bucket_server_side_encryption_configuration', {
        rule: [{ apply_server_side_encryption_by_default: [{ kms_master_key_id: KEY }] }],
      }),
    ],
  ])('is not destroyed while %s is encrypted with it', (_what, user) => {
    const [finding, ...more] = checkChanges(withKey(false), state(table(), key, role, user));
    expect(more).toEqual([]);
    expect(finding!.level).toBe('stop');
    expect(finding!.text).toMatch(/from true to false at once.*Set it to "keep" and deploy/);
    expect(checkChanges(withKey('keep'), state(table(), key, role, user))).toEqual([]);
    expect(checkChanges(withKey(true), state(table(), key, role, user))).toEqual([]);
  });

  test('is destroyed with a note when only roles may still use it', () => {
    expect(checkChanges(withKey(false), state(table(), key, role))).toEqual([
      { level: 'note', text: expect.stringMatching(/key\/0a1b will be deleted in 30 days/) },
    ]);
  });

  test('that never was is no matter', () => {
    expect(checkChanges(withKey(false), state(table()))).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    ['namePrefix', table('pics-records'), 'namePrefix would go from "pics" to "thumbnail-workflow"'],
    ['region', table(undefined, 'eu-west-1'), 'region would go from "eu-west-1" to "us-east-1"'],
    [
      'both',
      table('pics-records', 'eu-west-1'),
      'namePrefix would go from "pics" to "thumbnail-workflow", and region would go',
    ],
  ])('a change of %s is asked about, since it replaces everything', (_what, before, words) => {
    expect(checkChanges(configured({}), state(before))).toEqual([
      { level: 'ask', text: expect.stringContaining(words) },
    ]);
  });

  test('that stay, a first deploy, and one after a destroy need no question', () => {
    expect(checkChanges(configured({}), state(table()))).toEqual([]);
    expect(checkChanges(configured({}), undefined)).toEqual([]);
    expect(checkChanges(configured({}), state())).toEqual([]);
  });
});
