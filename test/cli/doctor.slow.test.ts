/** The lines that doctor gives are run as they are, by the AWS CLI. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { doctor, left, RIGHTS, useEngine, workflow } from './probe';

jest.setTimeout(120_000);

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

(installed ? describe : describe.skip)('someone who may not', () => {
  useEngine();

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
