import { createHash } from 'node:crypto';
import type { Deletion, Source } from '../../../contract/source';

/**
 * The same for every message about one outcome of one version, so that a subscriber can drop repeats.
 *
 * @param execution of a failure that is news every time: another run of a version that is DONE
 */
export function dedupeId(
  source: Source | Deletion,
  outcome: 'DONE' | 'FAILED' | 'DELETED',
  execution?: string,
): string {
  const { bucket, key, version, sequencer } = source;
  // A deletion has no etag, and its sequencer says which one it is.
  const etag = 'etag' in source ? source.etag : '';
  return createHash('sha256')
    .update([bucket, key, version ?? etag, sequencer, outcome, ...(execution ? [execution] : [])].join('\0'))
    .digest('hex');
}
