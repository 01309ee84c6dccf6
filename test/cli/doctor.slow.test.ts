import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { removeObject } from '../../cli/doctor/cleanup';
import { args, doctor, expectNothingLeft, left, RIGHTS, useEngine, workflow } from './probe';
import { run } from './run';

jest.setTimeout(120_000);

useEngine();

test('an interruption: doctor removes the probe before it ends', async () => {
  workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
  const { code, stdout } = await run('doctor', args(60), { interruptAfter: /queue failures/ });
  workflow.inject();
  expect(code).toBe(1);
  expect(stdout).toContain('✗ It was stopped before the probe was done.');
  expect(stdout).toContain('✓ Everything the probe left has been removed. A tombstone');
  await expectNothingLeft();
});

describe('someone who may not', () => {
  /** Removes an object as the line would. */
  async function remove(url: string): Promise<void> {
    const bucket = workflow.bucket('uploads');
    await removeObject(
      workflow.s3,
      { bucket, key: url.slice(`s3://${bucket}/`.length) },
      workflow.stack.region,
    );
  }

  test.each(RIGHTS)('%s: what doctor made is removed, or named', async (_, actions, stays, words) => {
    workflow.inject(...actions.map((call) => ({ call, fault: 'deny' as const })));
    const { stdout } = await doctor();
    workflow.inject();
    await workflow.idle();
    const rest = await left();
    expect(stdout).toMatch(words);
    expect(rest.length).toBe(stays ? 1 : 0);
    for (const each of rest) {
      expect(stdout).toContain(each);
      await remove(each);
    }
    await workflow.idle();
    expect(await left()).toEqual([]);
  });
});

const installed = spawnSync('aws', ['--version']).status === 0;
if (!installed)
  console.warn('Skipped: the lines that doctor gives, since there is no `aws` on this machine.');
const AWS_CLI = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/** Runs the lines that doctor gives, as a person would. */
async function followAdvice(stdout: string): Promise<void> {
  const lines = stdout.split('\n').filter((line) => line.startsWith('    aws '));
  const env = { ...process.env, ...AWS_CLI, AWS_ENDPOINT_URL: workflow.endpoint };
  for (const line of lines) await promisify(execFile)('sh', ['-c', line], { env });
}

// The lines are run as they are, by the AWS CLI.
(installed ? describe : describe.skip)('someone who may not', () => {
  test.each(RIGHTS)('%s: what stays is removed by the line that doctor gives', async (_, actions, stays) => {
    workflow.inject(...actions.map((call) => ({ call, fault: 'deny' as const })));
    const { stdout } = await doctor();
    workflow.inject();
    await workflow.idle();
    expect(await left()).toHaveLength(stays ? 1 : 0);
    await followAdvice(stdout);
    await workflow.idle();
    expect(await left()).toEqual([]);
  });
});
