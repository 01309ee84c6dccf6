import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { SOMEONE } from '../cli/lib/synthesize';
import { synthesize } from './end-to-end/synthesis';

const ROOT = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function synth(out: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: ROOT,
    env: { ...process.env, BUNDLE_FOR: 'local', CDKTF_OUTDIR: join(folder, out), ...env },
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** SHA-256 of every file below a folder, by path. */
function digests(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name));
  return Object.fromEntries(
    files
      .filter((file) => statSync(file).isFile())
      .sort()
      .map((file) => [relative(root, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

test('synth gives the same bytes twice, packages included, without absolute paths', async () => {
  expect(synth('first', { LOCAL_ADDRESS: SOMEONE })).toEqual({ status: 0, stderr: '' });
  const first = digests(join(folder, 'first'));
  expect(Object.keys(first)).toHaveLength(10);
  // By another process, which has synthesized other stacks before.
  await synthesize(join(folder, 'second'));
  expect(digests(join(folder, 'second'))).toEqual(first);

  const stack = join(folder, 'first/stacks/thumbnail-workflow');
  const text = readFileSync(join(stack, 'cdk.tf.json'), 'utf8');
  const { terraform } = JSON.parse(text);
  expect(join(stack, terraform.backend.local.path)).toBe(join(ROOT, 'terraform.thumbnail-workflow.tfstate'));
  expect(text.replace(terraform.backend.local.path, '')).not.toContain(ROOT);
  expect(text.replace(terraform.backend.local.path, '')).not.toContain(folder);
});

test('SETTINGS chooses another file, and a wrong one stops synth and prints only its problems', () => {
  const settings = join(folder, 'production.json');
  writeFileSync(settings, '{ "regoin": "eu-west-1" }');
  expect(synth('wrong', { SETTINGS: settings })).toEqual({
    status: 1,
    stderr: 'production.json: regoin: unknown key; did you mean "region"?\n',
  });
});
