import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TerraformJson } from '../stacks/synthesized';

const ROOT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'shop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The attributes that must be unique in an account, by type. Other resources are identified by what they belong to. */
const NAMES = ['name', 'bucket', 'function_name', 'alarm_name', 'dashboard_name', 'bucket_prefix'] as const;

let stack: TerraformJson;

beforeAll(() => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'examples/in-your-own-stack/main.ts'],
    { cwd: ROOT, env: { ...process.env, BUNDLE_FOR: 'local', CDKTF_OUTDIR: folder }, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  stack = JSON.parse(readFileSync(join(folder, 'stacks/shop/cdk.tf.json'), 'utf8'));
}, 60_000);

test('two workflows in one stack are alike, and each has its own resources', () => {
  const typesOf = (workflow: string) =>
    Object.entries(stack.resource).flatMap(([type, blocks]) =>
      Object.keys(blocks)
        .filter((name) => name.startsWith(`${workflow}_`))
        .map(() => type),
    );
  const [photos, avatars] = [typesOf('photos'), typesOf('avatars')];
  expect(avatars.length).toBeGreaterThan(90);
  // Only `photos` has an address to notify.
  expect(photos.sort()).toEqual([...avatars, 'aws_sns_topic_subscription'].sort());
  expect(photos.length + avatars.length).toBe(
    Object.values(stack.resource).reduce((sum, blocks) => sum + Object.keys(blocks).length, 0),
  );
});

test('no two resources have the same name, and each name begins with that of its workflow', () => {
  const named = Object.entries(stack.resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).flatMap(([id, block]) => {
      const name = NAMES.map((key) => block[key]).find((value) => typeof value === 'string');
      // Resources that refer to another resource are identified by that one.
      return name === undefined || name.includes('${aws_') || type === 'aws_iam_role_policy'
        ? []
        : [{ type, name: name as string, workflow: id.split('_')[0] }];
    }),
  );
  expect(named.length).toBeGreaterThan(100);
  for (const { name, workflow } of named) expect(name).toContain(`shop-${workflow}`);
  const all = named.map(({ type, name }) => `${type} ${name}`);
  expect(new Set(all).size).toBe(all.length);
});

test('the provider, the state and the outputs are those of the stack', () => {
  expect(stack.provider['aws']).toEqual([{ region: 'eu-west-1' }]);
  expect(Object.keys(stack.output)).toEqual(['photos_bucket']);
});
