import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import validate from 'asl-validator';
import { PUBLIC_KEYS, SIGNED } from '../../../scripts/everything';
import { SETTINGS } from '../../fixtures/settings';
import { only, synthesize } from '../synthesized';
import { apply, partFor, plan, project, STAND_IN, terraformIsInstalled } from './projection';

if (!terraformIsInstalled)
  console.warn('Skipped the check by Terraform: the command `terraform` is not installed.');

(terraformIsInstalled ? describe : describe.skip)('Terraform', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const run = (configuration: unknown) => {
    const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
    folders.push(folder);
    return plan(folder, configuration);
  };

  const quoted = { uploads: { prefix: 'a*b\\c "d"/', suffixes: ['jpg'] } };

  test.each(Object.entries({ ...SETTINGS, 'a prefix that has to be quoted': quoted }))(
    'accepts the stack of %s, and renders its JSON',
    (_name, settings) => {
      const rendered = Object.entries(run(project(synthesize(settings))));
      const of = (type: string) => rendered.find(([name]) => name.startsWith(`resource__${type}__`))![1];

      const machines = rendered.filter(([name]) => name.startsWith('resource__aws_sfn_state_machine__'));
      expect(machines.length).toBeGreaterThan(0);
      for (const [, machine] of machines) {
        const definition = JSON.parse(machine['definition'] as string);
        expect(validate(definition).isValid).toBe(true);
        expect(JSON.stringify(definition)).not.toContain('${');
      }

      const redrive = rendered.find(([name]) => /aws_sqs_queue__backlog/.test(name))![1]['redrive_policy'];
      expect(JSON.parse(redrive as string).deadLetterTargetArn).toMatch(/^arn:aws:/);

      const created = rendered.find(([name]) => /aws_cloudwatch_event_rule__\S*created/.test(name))![1];
      const pattern = JSON.parse(created['event_pattern'] as string);
      expect(pattern.detail.bucket.name[0]).toBe(STAND_IN);

      const validateFunction = rendered.find(([name]) => /aws_lambda_function__validate/.test(name))![1];
      const { variables } = validateFunction['environment'] as { variables: Record<string, string> };
      expect(JSON.parse(variables['PRESETS']!)[0].name).toBe('default');

      const { maximum_concurrency: concurrency } = of('aws_lambda_event_source_mapping')[
        'scaling_config'
      ] as Record<string, number>;
      expect(concurrency).toBeGreaterThanOrEqual(2);
    },
  );

  test.each([
    ['accepts an existing bucket in the region of the stack', 'eu-west-1', 'nothing'],
    [
      'refuses one of another region in the words of the stack',
      'us-west-2',
      /Expected the bucket photos of uploads\.existingBucket in eu-west-1,[\s\S]+it\s+is\s+in\s+us-west-2/,
    ],
  ])('%s', (_name, region, expected) => {
    const stack = synthesize({ region: 'eu-west-1', uploads: { existingBucket: 'photos' } });
    const { lifecycle } = Object.values(stack.data['aws_s3_bucket']!)[0]!;
    const conditions = JSON.parse(JSON.stringify(lifecycle).replaceAll('self.bucket_region', 'self.input'));
    const outcome = () => {
      run({ resource: { terraform_data: { bucket: { input: region, lifecycle: conditions } } } });
      return 'nothing';
    };
    if (typeof expected === 'string') expect(outcome()).toBe(expected);
    else expect(outcome).toThrow(expected);
  });

  /** Applies the stack of each settings to what the ones before have left. @returns what Terraform says each time */
  const applied = (types: string[], ...settings: Record<string, unknown>[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'terraform-'));
    folders.push(folder);
    return settings.map((one) => apply(folder, partFor(project(synthesize(one)), types)));
  };
  const presets = (lazy: boolean) => [
    { name: 'default', variants: [{ name: 'large', width: 800, ...(lazy && { lazy }) }] },
  ];
  const delivery = { enabled: true };
  const jwt = { issuer: 'https://id.example.com', audience: ['photos'] };

  test.each([
    [
      'a distribution that loses what signs its requests',
      ['aws_cloudfront_distribution', 'aws_cloudfront_origin_access_control'],
      { delivery, presets: presets(true) },
      { delivery, presets: presets(false) },
      /aws_cloudfront_distribution__\S+: Modifications complete/g,
      /aws_cloudfront_origin_access_control__delivery_on-request\S+: Destroying/,
    ],
    [
      'a key group that loses a key',
      ['aws_cloudfront_key_group', 'aws_cloudfront_public_key'],
      { delivery: { ...delivery, ...SIGNED, signing: { publicKeys: PUBLIC_KEYS } } },
      { delivery: { ...delivery, ...SIGNED, signing: { publicKeys: PUBLIC_KEYS.slice(1) } } },
      /aws_cloudfront_key_group__\S+: Modifications complete/g,
      /aws_cloudfront_public_key__\S+: Destroying/,
    ],
    [
      'the routes of the API that lose their authorizer',
      ['aws_apigatewayv2_route', 'aws_apigatewayv2_authorizer'],
      { delivery, uploadApi: { enabled: true, jwt } },
      { delivery, uploadApi: { enabled: true } },
      /aws_apigatewayv2_route__\S+: Modifications complete/g,
      /aws_apigatewayv2_authorizer__\S+: Destroying/,
    ],
  ])('updates %s before it destroys that', (_what, types, before, after, update, destroy) => {
    const [, log = ''] = applied(types, before, after);
    const updated = [...log.matchAll(update)].map(({ index }) => index);
    expect(updated).not.toEqual([]);
    expect(log.search(destroy)).toBeGreaterThan(Math.max(...updated));
  });

  describe('the key', () => {
    const encrypted = (customerManagedKey: boolean | 'keep') => ({
      delivery,
      encryption: { customerManagedKey },
    });
    const USERS = [
      'aws_sns_topic',
      'aws_sqs_queue',
      'aws_dynamodb_table',
      'aws_lambda_function',
      'aws_cloudwatch_log_group',
    ];
    const DESTROYED = /resource__aws_kms_key__\S+: Destroying/;
    const lastUpdate = (log: string) =>
      Math.max(...[...log.matchAll(/: Modifications complete/g)].map(({ index }) => index));

    test('stays while everything that was encrypted with it is updated, and goes in a second step', () => {
      const [, kept = '', gone = ''] = applied(
        ['aws_kms_alias', 'aws_iam_role_policy', ...USERS],
        encrypted(true),
        encrypted('keep'),
        encrypted(false),
      );
      for (const type of USERS)
        expect(kept).toMatch(new RegExp(`resource__${type}__\\S+: Modifications complete`));
      expect(kept).not.toMatch(/aws_iam_role_policy__\S+: Modif|aws_kms_\S+: (Modif|Destroying)/);

      expect(gone).toMatch(/data__aws_iam_policy_document__\S+: Modifications complete/);
      expect(gone).not.toMatch(/aws_(sns|sqs|dynamodb|s3)\S+: (Modif|Destroying)/);
      expect(gone.search(DESTROYED)).toBeGreaterThan(lastUpdate(gone));
    });

    test('goes after its users were updated, even in a single step', () => {
      const [, gone = ''] = applied(USERS, encrypted(true), encrypted(false));
      expect(gone).toMatch(/aws_sqs_queue__\S+: Modifications complete/);
      expect(gone.search(DESTROYED)).toBeGreaterThan(lastUpdate(gone));
    });
  });

  test("would refuse a reference to something that doesn't exist", () => {
    const broken = JSON.stringify(project(synthesize())).replace(
      /terraform_data\.resource__aws_sns_topic__errors-topic_\w+/,
      'terraform_data.resource__aws_sns_topic__gone',
    );
    expect(() => run(JSON.parse(broken))).toThrow(/Reference to undeclared resource/);
  });

  test.each([
    ['a quota that was raised', 1001, { reserved: 100, drained: 50 }],
    ['the default quota, which a new account has by name only', 1000, { reserved: -1, drained: 5 }],
    ['the quota of a new account', 10, { reserved: -1, drained: 5 }],
  ])('chooses the concurrency that suits %s', (_name, concurrency, expected) => {
    const { resource } = synthesize();
    const { reserved_concurrent_executions: reserved } = only(
      resource['aws_lambda_function'],
      'thumbnail-function',
    );
    const { maximum_concurrency: drained } = only(resource['aws_lambda_event_source_mapping'])[
      'scaling_config'
    ];
    const input = JSON.stringify({ reserved, drained }).replace(
      /data\.aws_servicequotas_service_quota\.\w+\.value/g,
      String(concurrency),
    );
    const configuration = { resource: { terraform_data: { chosen: { input: JSON.parse(input) } } } };
    expect(run(configuration)['chosen']).toEqual(expected);
  });
});
