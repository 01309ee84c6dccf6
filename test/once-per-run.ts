import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * Where the test files of one run share what takes long to make. The run begins without any of it.
 *
 * @param what kind of thing it is
 * @param key all that it is made from, as far as it can differ within a run
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
