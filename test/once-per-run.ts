import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * Where the test files of one run share the results of slow work. At the start of a run there are none.
 *
 * @param what kind of result it is
 * @param key everything that the result depends on and that can differ within a run
 * @returns a path below the folder that `test/global-setup.cjs` makes
 */
export function sharedPath(what: string, key: unknown): string {
  const folder = process.env['TEST_SHARED'];
  if (!folder) throw new Error('Expected the folder TEST_SHARED, which test/global-setup.cjs makes');
  const hash = createHash('sha256')
    .update(JSON.stringify(key ?? null))
    .digest('hex');
  return path.join(folder, `${what}-${hash}`);
}
