import { createHash } from 'node:crypto';
import type { Source } from '../../../contract/source';

/**
 * The same for every message about one outcome of one version, so that a subscriber can drop repeats.
 *
 * @param execution of a failure that is news every time: another run of a version that is DONE
 */
export function dedupeId(source: Source, outcome: 'DONE' | 'FAILED', execution?: string): string {
  const { bucket, key, version, etag, sequencer } = source;
  return createHash('sha256')
    .update([bucket, key, version ?? etag, sequencer, outcome, ...(execution ? [execution] : [])].join('\0'))
    .digest('hex');
}
