/** Programs of others that judge what the stack synthesizes. A machine without one skips its tests, and says so. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../.local/referees');

/** What `test/referees/install` can install. */
export type Name = 'event-ruler' | 'checkov' | 'parliament';

/** Where `test/referees/install` has put a referee; undefined, and a warning is printed, where it has not. */
export function findReferee(name: Name): string | undefined {
  const folder = join(FOLDER, name);
  if (existsSync(folder)) return folder;
  console.warn(
    `Skipped: ${name} is not installed. Run test/referees/install ${name}, then run this test again.`,
  );
  return undefined;
}

/** `describe` where the referee is there. */
export const describeWith = (folder: string | undefined) => (folder === undefined ? describe.skip : describe);
