/** `npm run process` as a process of its own. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { args, at, folder, out, useEngine, workflow } from './process/engine';
import { run } from './run';

useEngine();

test('a thumbnail that cannot be written fails its file, and the process ends though the engine goes on', async () => {
  await mkdir(out(), { recursive: true });
  await rm(path.join(out(), 'two.jpg'), { recursive: true, force: true });
  await writeFile(path.join(out(), 'two.jpg'), 'where the folder of its thumbnails would be');
  const { code, stdout } = await run('process', args(...at('one.jpg', 'two.jpg')));
  await rm(path.join(out(), 'two.jpg'));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✓ one\.jpg/m);
  expect(stdout).toMatch(/^✗ two\.jpg {2}NotSaved: \S+other\.jpg could not be saved \(/m);
  expect(stdout).toContain('1 failed (1 NotSaved)');
});

/** Resolves once something has happened. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(20);
}

test('Ctrl-C waits for what has begun; the next one ends at once and says what is done and what is left', async () => {
  // So that every event waits in the backlog, again and again.
  workflow.inject({ function: 'thumbnail', fault: 'throttle' });
  const names = Array.from({ length: 9 }, (_, n) => `n${n}.jpg`);
  const jpeg = await readFile(path.join(folder, 'one.jpg'));
  for (const name of names) await writeFile(path.join(folder, name), jpeg);
  const { code, stdout, stderr } = await run('process', args(...at(...names)), {
    async meanwhile(child, printed) {
      await until(() => printed().split('found no free capacity').length === 9);
      child.kill('SIGINT');
      await until(() => printed().includes('Stopping once'));
      // What comes sooner is the same Ctrl-C, which npm passes on.
      await sleep(600);
      child.kill('SIGINT');
    },
  });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('Press Ctrl-C again to stop at once.');
  expect(stderr).toMatch(
    /Stopped at once\.\n0 images processed: 0 succeeded, 0 failed\.\n9 images left\.\nNot finished: (n\d\.jpg, ){7}n\d\.jpg\. What was uploaded is processed, at the latest when an engine starts on this data folder again\.\n$/,
  );
  workflow.inject();
  await workflow.idle();
});
