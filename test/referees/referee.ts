/**
 * Other people's programs that judge the synthesized stack. If one isn't installed, its tests are skipped with a warning.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../.local/referees');

/** What `test/referees/install` can install. */
export type Name = 'event-ruler' | 'checkov' | 'parliament';

/** Where `test/referees/install` has put a referee. Prints a warning and returns undefined if it isn't there. */
export function findReferee(name: Name): string | undefined {
  const folder = join(FOLDER, name);
  if (existsSync(folder)) return folder;
  console.warn(
    `Skipped: ${name} is not installed. Run test/referees/install ${name}, then run this test again.`,
  );
  return undefined;
}

/** `describe` if the referee is there, `describe.skip` otherwise. */
export const describeWith = (folder: string | undefined) => (folder === undefined ? describe.skip : describe);
