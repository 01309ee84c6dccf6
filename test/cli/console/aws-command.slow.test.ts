import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Workflow } from '../../end-to-end/workflow';
import { run } from '../run';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start({ log: () => {} });
});
afterAll(() => workflow?.end());

test('npm run console -- --aws finds the deployed stack, prints its address first, and ends on Ctrl-C', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'console-'));
  try {
    const outputs = { 'thumbnail-workflow': workflow.stack.outputs };
    await writeFile(path.join(folder, 'outputs.json'), JSON.stringify(outputs));
    const { code, stdout } = await run('console', ['--aws', '--scan-limit', '10'], {
      cwd: folder,
      env: {
        AWS_ENDPOINT_URL: workflow.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
      interruptAfter: /Ctrl-C stops it/,
    });
    expect(stdout).toMatch(/^The console is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n/);
    expect(stdout).toContain('reads at most 10 MB of logs. It only reads; --allow-writes lets it write.');
    expect(code).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
