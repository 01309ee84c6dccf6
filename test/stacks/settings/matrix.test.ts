import validate from 'asl-validator';
import { settingsReference } from '../../../stacks/settings/reference';
import { SETTINGS } from '../../fixtures/settings';
import { synthesize } from '../synthesized';

test("everything.json sets every setting except those for a bucket or CDN that the stack doesn't create", () => {
  const documented = [...settingsReference().matchAll(/^\| `([^`[]+)` \|/gm)].map((match) => match[1]!);
  const unset = documented.filter((setting) => {
    const value = setting
      .split('.')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], SETTINGS['everything']);
    return value === undefined;
  });
  expect(unset.filter((setting) => setting !== '$schema')).toEqual([
    'uploads.existingBucket',
    'uploads.manageNotifications',
    'uploads.kmsKeyArn',
    'delivery.baseUrl',
  ]);
});

describe.each(Object.entries(SETTINGS))('the stack of settings/%s.json', (_name, settings) => {
  const { resource, data, provider } = synthesize(settings);
  const blocks = Object.values(resource).flatMap((instances) => Object.values(instances));

  test('has valid definitions', () => {
    for (const { definition } of Object.values(resource['aws_sfn_state_machine']!)) {
      expect(validate(JSON.parse(definition))).toMatchObject({ isValid: true });
    }
  });

  test('gives each statement of a policy a name of its own, as IAM requires', () => {
    for (const { statement } of Object.values(data['aws_iam_policy_document']!)) {
      const sids = (statement as { sid: string }[]).map(({ sid }) => sid);
      expect(sids).toEqual([...new Set(sids)]);
      for (const sid of sids) expect(sid).toMatch(/^[0-9A-Za-z]+$/);
    }
  });

  test('describes its alarms within the 1,024 characters of CloudWatch', () => {
    for (const alarm of Object.values(resource['aws_cloudwatch_metric_alarm']!)) {
      expect(alarm['alarm_description'].length).toBeLessThanOrEqual(1_024);
    }
  });

  test('leaves the tags to the provider, which adds them to every resource that can have tags', () => {
    expect(provider['aws']).toHaveLength(1);
    expect(provider['aws']![0]!['default_tags'][0].tags).toEqual(settings['tags'] ?? {});
    expect(blocks.filter((block) => 'tags' in block || 'provider' in block)).toEqual([]);
  });

  test('gives every role the permissions boundary of the settings', () => {
    const roles = Object.values(resource['aws_iam_role']!);
    expect(new Set(roles.map((role) => role['permissions_boundary']))).toEqual(
      new Set([settings['permissionsBoundary']]),
    );
  });

  test('encrypts everything with the key of the settings, or without a key', () => {
    const key = Object.keys(resource['aws_kms_key'] ?? {}).map((id) => `\${aws_kms_key.${id}.arn}`)[0];
    expect(key !== undefined).toBe(
      (settings['encryption'] as { customerManagedKey?: boolean } | undefined)?.customerManagedKey ?? false,
    );
    const keys = [
      ['aws_sns_topic', 'kms_master_key_id'],
      ['aws_sqs_queue', 'kms_master_key_id'],
      ['aws_cloudwatch_log_group', 'kms_key_id'],
    ].flatMap(([type, attribute]) => Object.values(resource[type!]!).map((block) => block[attribute!]));
    for (const used of keys.filter((each) => each !== 'alias/aws/sns')) expect(used).toBe(key);
    if (key) expect(keys).not.toContain('alias/aws/sns');
  });
});
