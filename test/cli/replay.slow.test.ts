import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import { run } from './run';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start({ waitScale: 0.01, log: () => {} });
});
afterAll(() => workflow?.end());

test('a prefix ends between two images when it is interrupted, and says how to continue', async () => {
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await workflow.upload(`album/${name}`, await picture());
  await workflow.idle();
  const cwd = await mkdtemp(path.join(workflow.dataDir, 'cwd-'));
  const args = ['--prefix', 'album/', '--rate', '0.1', '--concurrency', '1'];
  const interrupted = await run('replay', ['--local', '--data', workflow.dataDir, ...args], {
    cwd,
    interruptAfter: /✓ done/,
  });
  expect(interrupted.code).toBe(1);
  expect(interrupted.stdout).toMatch(/Stopped early: 2 images left\./);
  const [, journal] = /--resume (\S+)/.exec(interrupted.stderr) ?? [];
  const resumed = await call(
    'replay',
    '--local',
    '--data',
    workflow.dataDir,
    '--resume',
    path.join(cwd, journal as string),
    '--rate',
    '100',
  );
  expect(resumed.code).toBe(0);
  const done = (stdout: string) => stdout.match(/✓ done .*/g) ?? [];
  expect([...done(interrupted.stdout), ...done(resumed.stdout)].sort()).toEqual(
    ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => `✓ done        album/${name}`),
  );
});
