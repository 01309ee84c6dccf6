import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';

const PROJECT = path.resolve(__dirname, '..', '..');

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start({
    settings: { functions: { thumbnail: { timeoutSeconds: 4 } } },
    log: () => {},
  });
}, 60_000);
afterAll(() => workflow?.end());

/** Runs the command as its npm script does, on this engine. */
function stuck(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ['--import', 'tsx', path.join('operations', 'stuck.ts'), '--local', ...args];
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [...command, '--data', workflow.dataDir],
      { cwd: PROJECT },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

test('an image whose execution does not go on is listed once it has taken long', async () => {
  workflow.inject({ function: 'thumbnail', fault: 'hang', times: 1 });
  await workflow.upload('done.jpg', await picture());
  await workflow.upload('hangs too.jpg', await picture());
  while ((await workflow.record('hangs too.jpg'))?.['status'] !== 'PROCESSING') await sleep(50);

  const soon = await stuck();
  expect(soon).toMatchObject({ code: 0, stdout: 'No image has been PROCESSING for more than 10 minutes.\n' });

  const listed = await stuck('--minutes', '0.0001');
  expect(listed.code).toBe(1);
  expect(listed.stdout).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}s3:\/\/\S+-uploads-\S+\/(hangs too|done)\.jpg$/m,
  );

  await workflow.idle();
  expect((await stuck('--minutes', '0.0001')).code).toBe(0);
}, 90_000);

test('minutes that are no number are refused, with the usage', async () => {
  const { code, stderr } = await stuck('--minutes', 'ten');
  expect(code).toBe(2);
  expect(stderr).toContain('Expected a positive number for --minutes but received "ten"');
  expect(stderr).toContain('Usage: npm run stuck');
}, 30_000);
