import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sharedPath } from '../once-per-run';

/**
 * Synthesizes the project's stack once per run of the tests for each settings, whichever test file needs it first.
 *
 * @param settings the content of a settings file; the project's own by default
 * @returns the folder with the synthesized stack. It is shared, so no one may change it
 */
export async function synthesisOf(settings?: object): Promise<string> {
  const folder = sharedPath('synthesis', settings);
  if (existsSync(folder)) return folder;

  const own = await mkdtemp(`${folder}-`);
  const file = path.join(own, 'settings.json');
  if (settings) await writeFile(file, JSON.stringify(settings));
  await synthesize(path.join(own, 'synth'), settings && file);
  await rename(path.join(own, 'synth'), folder).catch((error: NodeJS.ErrnoException) => {
    // Another test file has finished first with the same settings.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(own, { recursive: true });
  return folder;
}

/** Synthesizes the project's stack in the process that does so for all test files. @param settings path of a settings file */
export async function synthesize(folder: string, settings?: string): Promise<void> {
  const url = process.env['TEST_SYNTHESES'];
  if (!url) throw new Error('Expected the address TEST_SYNTHESES, which test/global-setup.cjs sets');
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ folder, settings }) });
  const problem = (await answer.json()) as string | null;
  if (problem) throw new Error(problem);
}
