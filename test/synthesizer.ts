/** Synthesizes as often as it is asked: it runs main.ts anew each time, with all that main.ts imports loaded already. */
import path from 'node:path';
import { SOMEONE } from '../cli/lib/synthesize';

const MAIN = path.resolve(__dirname, '../main.ts');

process.env['BUNDLE_FOR'] = 'local';
process.env['LOCAL_ADDRESS'] = SOMEONE;
// The settings of the project may be another file in the environment of whoever runs the tests.
const { SETTINGS } = process.env;

process.on('message', ({ folder, settings }: { folder: string; settings?: string }) => {
  process.env['CDKTF_OUTDIR'] = folder;
  if (settings ?? SETTINGS) process.env['SETTINGS'] = settings ?? SETTINGS;
  else delete process.env['SETTINGS'];
  delete require.cache[MAIN];
  try {
    require(MAIN);
    process.send?.(process.exitCode ? 'Its settings are wrong, as it printed' : null);
  } catch (error) {
    process.send?.((error as Error).stack);
  }
});

// Like the run of the tests that it serves.
process.on('disconnect', () => process.exit());
