import { only, readable, synthesize, type TerraformJson } from '../synthesized';

const existing = (uploads: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  synthesize({ region: 'eu-west-1', uploads: { existingBucket: 'photos', ...uploads }, ...more });

const stack = existing();

/** Every block that says anything of the bucket, by type. */
function blocksOfTheBucket({ resource }: TerraformJson): string[] {
  const named = ['"photos"', '<uploads-bucket.'];
  const types = Object.entries(readable(resource)).filter(([, blocks]) =>
    Object.values(blocks).some((block) => named.some((name) => JSON.stringify(block).includes(name))),
  );
  return types.map(([type]) => type).toSorted();
}

/** The statements of a function on the uploads, as `actions on resources`. */
function grants(json: TerraformJson, name: string): string[] {
  const policy = readable(only(json.data['aws_iam_policy_document'], `${name}-function_role_permissions`));
  return policy['statement']
    .filter(({ resources }: { resources: string[] }) => /uploads-bucket|:kms:/.test(String(resources)))
    .map(({ actions, resources, condition = [] }: Statement) =>
      [
        `${actions.join(', ')} on ${resources.join(', ')}`,
        ...condition.map(({ test, variable, values }) => `if ${variable} ${test} ${values.join(', ')}`),
      ].join(' '),
    );
}

interface Statement {
  actions: string[];
  resources: string[];
  condition?: { test: string; variable: string; values: string[] }[];
}

test('is only read: the stack creates nothing in it and changes nothing', () => {
  const made = Object.keys(stack.resource['aws_s3_bucket']!).map((id) => id.split('-')[0]);
  expect(made.toSorted()).toEqual(['quarantine', 'thumbnails']);
  expect(blocksOfTheBucket(stack)).toEqual(['aws_cloudwatch_event_rule']);
  expect(stack.resource['aws_s3_bucket_notification']).toBeUndefined();
});

test('has its notifications managed only if the settings say so, and nothing else', () => {
  const managed = existing({ manageNotifications: true });
  expect(blocksOfTheBucket(managed)).toEqual(['aws_cloudwatch_event_rule', 'aws_s3_bucket_notification']);
  expect(only(readable(managed.resource['aws_s3_bucket_notification']!))).toEqual({
    bucket: '<uploads-bucket.bucket>',
    eventbridge: true,
  });
});

test('is refused in another region than that of the stack', () => {
  const { lifecycle } = only(stack.data['aws_s3_bucket']);
  expect(lifecycle).toEqual({
    postcondition: [
      {
        condition: '${self.bucket_region == "eu-west-1"}',
        error_message:
          'Expected the bucket photos of uploads.existingBucket in eu-west-1, the region of the settings, but it is in ' +
          '${self.bucket_region}. Deploy the stack to the region of the bucket: its events arrive nowhere else.',
      },
    ],
  });
});

test('is the bucket that the rules match and that the outputs name', () => {
  const patterns = Object.values(readable(stack.resource['aws_cloudwatch_event_rule']!))
    .filter((rule) => rule['event_pattern'])
    .map((rule) => JSON.parse(rule['event_pattern']).detail.bucket.name);
  expect(patterns).toEqual([['<uploads-bucket.bucket>'], ['<uploads-bucket.bucket>']]);
  expect(readable(stack.output)['uploads_bucket']!['value']).toBe('<uploads-bucket.bucket>');
});

test('may keep no versions, so its readers may also read without a version', () => {
  expect(grants(stack, 'thumbnail')).toEqual([
    's3:GetObject, s3:GetObjectVersion on <uploads-bucket.arn>/*',
    's3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
  ]);
  expect(grants(stack, 'quarantine')).toEqual([
    's3:GetObject, s3:GetObjectVersion on <uploads-bucket.arn>/*',
    's3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
  ]);
  expect(grants(stack, 'validate')).toEqual([
    's3:GetObject on <uploads-bucket.arn>/*',
    's3:GetObjectVersion on <uploads-bucket.arn>/*',
    's3:ListBucket on <uploads-bucket.arn>',
  ]);
});

describe('with a key of its own', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d';
  const throughS3 = 'if kms:ViaService StringEquals s3.eu-west-1.amazonaws.com';
  const decrypt = `kms:Decrypt on ${kmsKeyArn} ${throughS3}`;
  const encrypt = `kms:GenerateDataKey on ${kmsKeyArn} ${throughS3}`;
  const keyed = existing({ kmsKeyArn });

  test.each(['validate', 'thumbnail', 'quarantine'])('%s may decrypt through S3', (name) => {
    expect(grants(keyed, name)).toContain(decrypt);
    expect(grants(keyed, name)).not.toContain(encrypt);
  });

  test.each(['store-metadata', 'notify', 'remove', 'resume'])('%s reads no image and may not', (name) => {
    expect(grants(keyed, name).join()).not.toContain('kms');
  });

  test('thumbnail may also encrypt if it writes to that bucket', () => {
    const beside = existing(
      { kmsKeyArn, prefix: 'in/' },
      { thumbnails: { bucket: 'uploads', prefix: 'out/' } },
    );
    expect(grants(beside, 'thumbnail')).toEqual(expect.arrayContaining([decrypt, encrypt]));
    expect(grants(beside, 'validate')).not.toContain(encrypt);
  });
});
