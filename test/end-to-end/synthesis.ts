import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { synthesize } from '../../cli/lib/synthesize';
import { sharedPath } from '../once-per-run';

/**
 * Synthesizes the project's stack once for each settings in a run of the tests, whichever test file asks first.
 *
 * @param settings the values of a settings file; those of the project if there are none
 * @returns the folder that was synthesized into. It is shared, so nobody changes it
 */
export async function synthesisOf(settings?: object): Promise<string> {
  const folder = sharedPath('synthesis', settings);
  if (existsSync(folder)) return folder;

  const own = await mkdtemp(`${folder}-`);
  const file = path.join(own, 'settings.json');
  if (settings) await writeFile(file, JSON.stringify(settings));
  await synthesize(path.join(own, 'synth'), settings && file);
  await rename(path.join(own, 'synth'), folder).catch((error: NodeJS.ErrnoException) => {
    // Another test file was faster with the same settings.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(own, { recursive: true });
  return folder;
}
