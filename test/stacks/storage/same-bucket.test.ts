import { only, readable, synthesize, type TerraformJson } from '../synthesized';

const same = (settings: Record<string, unknown> = {}) =>
  synthesize({
    uploads: { prefix: 'in/' },
    thumbnails: { bucket: 'uploads', prefix: 'out/' },
    ...settings,
  });
const stack = same();

interface Statement {
  sid: string;
  actions: string[];
  resources: string[];
}

const statements = (json: TerraformJson, name: string): Statement[] =>
  readable(only(json.data['aws_iam_policy_document'], `${name}-function_role_permissions`))['statement'];

const FUNCTIONS = ['validate', 'thumbnail', 'store-metadata', 'quarantine', 'remove'];

test('makes no bucket for thumbnails', () => {
  const ids = Object.keys(stack.resource['aws_s3_bucket']!).map((id) => id.split('-')[0]);
  expect(ids.toSorted()).toEqual(['quarantine', 'uploads']);
  const { thumbnails_bucket, thumbnails_prefix } = readable(stack.output);
  expect(thumbnails_bucket!['value']).toBe('<uploads-bucket.bucket>');
  expect(thumbnails_prefix!['value']).toBe('out/');
});

test('no function may read an upload that is a thumbnail, nor change a thumbnail that is an upload', () => {
  const objects = FUNCTIONS.flatMap((name) => statements(stack, name)).flatMap(({ actions, resources }) =>
    resources
      .filter((resource) => resource.startsWith('<uploads-bucket.arn>/'))
      .flatMap((resource) => actions.map((action) => `${action} ${resource.split('/').slice(1).join('/')}`)),
  );
  expect([...new Set(objects)].toSorted()).toEqual([
    's3:DeleteObject out/*',
    's3:GetObject in/*',
    's3:GetObject out/*',
    's3:GetObjectVersion in/*',
    's3:PutObject out/*',
  ]);
});

test('asks for the right to list the bucket once', () => {
  const [list] = statements(stack, 'thumbnail').filter(({ actions }) => actions.includes('s3:ListBucket'));
  expect(list?.resources).toEqual(['<uploads-bucket.arn>']);
});

test('moves only the uploads to another storage class, and not the thumbnails, which are read often', () => {
  const moving = same({ lifecycle: { originals: { transition: 'STANDARD_IA' } } });
  const { rule } = only(moving.resource['aws_s3_bucket_lifecycle_configuration'], 'uploads-bucket');
  expect(rule.at(-1)).toMatchObject({ id: 'move', filter: [{ prefix: 'in/' }] });
});

test('a prefix with a wildcard of policies is cut before the wildcard, so that a policy covers at least the prefix', () => {
  const { resources } = statements(synthesize({ uploads: { prefix: 'a b/*c?/$d&e' } }), 'validate').find(
    ({ sid }) => sid === 'ReadTheCurrentVersion',
  )!;
  expect(resources).toEqual(['<uploads-bucket.arn>/a b/*']);
});
