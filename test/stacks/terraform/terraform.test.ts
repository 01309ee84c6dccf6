import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import validate from 'asl-validator';
import { synthesize } from '../synthesized';
import { apply, project, terraformIsInstalled } from './projection';

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
    return apply(folder, configuration);
  };

  const everything = {
    namePrefix: 'pics',
    region: 'eu-west-1',
    tags: { team: 'web' },
    notifications: { processed: ['a@example.com'], errors: ['b@example.com'] },
    uploads: { prefix: 'a*b\\c "d"/', suffixes: ['jpg'] },
    functions: { thumbnail: { reservedConcurrency: 50 }, resume: { reservedConcurrency: 10 } },
    backlog: { concurrency: 10 },
    emptyBucketsOnDestroy: true,
  };

  test.each([
    ['by default', {}],
    ['with every kind of setting', everything],
  ])('accepts the stack %s, and renders its JSON', (_name, settings) => {
    const rendered = Object.entries(run(project(synthesize(settings))));
    const of = (type: string) => rendered.find(([name]) => name.startsWith(`resource__${type}__`))![1];

    const definition = JSON.parse(of('aws_sfn_state_machine')['definition'] as string);
    expect(validate(definition).isValid).toBe(true);
    expect(JSON.stringify(definition)).not.toContain('${');

    const redrive = rendered.find(([name]) => /aws_sqs_queue__backlog/.test(name))![1]['redrive_policy'];
    expect(JSON.parse(redrive as string).deadLetterTargetArn).toMatch(/^arn:aws:/);

    const pattern = JSON.parse(of('aws_cloudwatch_event_rule')['event_pattern'] as string);
    expect(pattern.detail.bucket.name[0]).toMatch(/^[0-9a-f-]{36}$/);

    const validateFunction = rendered.find(([name]) => /aws_lambda_function__validate/.test(name))![1];
    const { variables } = validateFunction['environment'] as { variables: Record<string, string> };
    expect(JSON.parse(variables['PRESETS']!)[0].name).toBe('default');
  });

  test('would refuse a reference to what is not there', () => {
    const broken = JSON.stringify(project(synthesize())).replace(
      /terraform_data\.resource__aws_sns_topic__errors-topic_\w+/,
      'terraform_data.resource__aws_sns_topic__gone',
    );
    expect(() => run(JSON.parse(broken))).toThrow(/Reference to undeclared resource/);
  });
});
