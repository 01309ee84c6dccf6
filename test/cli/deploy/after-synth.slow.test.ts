/** What `npx cdktf deploy`, `diff`, `destroy` and `synth` refuse: the end of every synth, as cdktf.json has it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../../stacks/synthesized';

const PROJECT = path.join(__dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'after-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';

function afterSynth(
  settings: Record<string, unknown>,
  { state, env = {} }: { state?: object; env?: object } = {},
) {
  const stack = synthesize(settings);
  const file = path.join(folder, 'terraform.tfstate');
  stack.terraform['backend'] = { local: { path: '../../../terraform.tfstate' } };
  mkdirSync(path.join(folder, 'out/stacks/thumbnail-workflow'), { recursive: true });
  writeFileSync(path.join(folder, 'out/stacks/thumbnail-workflow/cdk.tf.json'), JSON.stringify(stack));
  if (state) writeFileSync(file, JSON.stringify({ version: 4, ...state }));
  else rmSync(file, { force: true });
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'cli/deploy/after-synth.ts'], {
    cwd: PROJECT,
    env: { ...process.env, CDKTF_OUTDIR: path.join(folder, 'out'), ...env },
    encoding: 'utf8',
  });
  return { status, stderr };
}

const applied = (type: string, attributes: object) => ({
  mode: 'managed',
  type,
  name: 'one',
  instances: [{ attributes }],
});

test('cdktf runs it after the stack was synthesized', () => {
  const { app } = JSON.parse(readFileSync(path.join(PROJECT, 'cdktf.json'), 'utf8'));
  expect(app).toBe('node --import tsx main.ts && node --import tsx cli/deploy/after-synth.ts');
});

test('a first deploy passes and prints nothing, even if nobody is notified', () => {
  expect(afterSynth({})).toEqual({ status: 0, stderr: '' });
  expect(afterSynth({ notifications: { errors: ['ops@company.io'] } })).toEqual({ status: 0, stderr: '' });
});

test('a placeholder is never subscribed', () => {
  const { status, stderr } = afterSynth({ notifications: { errors: ['you@example.com'] } });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^✗ notifications holds you@example\.com, a placeholder/);
});

test('nothing is deployed to the engine on this machine', () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
  expect(afterSynth({}, { env })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(env.AWS_ENDPOINT_URL),
  });
});

test('a key that is in use is not destroyed at once', () => {
  const state = {
    resources: [applied('aws_kms_key', { arn: KEY }), applied('aws_sqs_queue', { kms_master_key_id: KEY })],
  };
  expect(afterSynth({}, { state })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('to "keep"'),
  });
  expect(afterSynth({ encryption: { customerManagedKey: 'keep' } }, { state })).toMatchObject({ status: 0 });
});

test('a changed namePrefix is reported, and does not stop it: Terraform asks with its plan', () => {
  const name = 'pics-records';
  const state = {
    resources: [applied('aws_dynamodb_table', { name, arn: `arn:aws:dynamodb:us-east-1:1:table/${name}` })],
  };
  expect(afterSynth({}, { state })).toEqual({
    status: 0,
    stderr: expect.stringMatching(/^\? namePrefix would go from "pics" to "thumbnail-workflow"/),
  });
});

test('no npm script calls cdktf with its report of use, which fails in red without the internet', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const calls = Object.entries(scripts).filter(([, script]) => /\bcdktf\b/.test(script));
  expect(calls.map(([name]) => name)).toEqual(['synth', 'destroy']);
  for (const [, script] of calls) expect(script).toMatch(/^node scripts\/cdktf\.cjs /);
  // cdktf's file is an empty one here, and the environment is shown when it has been loaded.
  const empty = path.join(folder, 'node_modules/cdktf-cli/bundle/bin');
  mkdirSync(empty, { recursive: true });
  writeFileSync(
    path.join(empty, 'cdktf.js'),
    'console.log(process.env.CHECKPOINT_DISABLE, ...process.argv.slice(2))',
  );
  const script = path.join(folder, 'cdktf.cjs');
  writeFileSync(script, readFileSync(path.join(PROJECT, 'scripts/cdktf.cjs')));
  const { CHECKPOINT_DISABLE: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, [script, 'synth'], { env, encoding: 'utf8' });
  expect(stdout).toBe('1 synth\n');
});
