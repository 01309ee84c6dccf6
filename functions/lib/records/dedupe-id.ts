import { createHash } from 'node:crypto';
import type { Source } from '../../../contract/source';

/** The same for every message about one outcome of one version, so that a subscriber can drop repeats. */
export function dedupeId(source: Source, outcome: 'DONE' | 'FAILED'): string {
  return createHash('sha256')
    .update([source.bucket, source.key, source.version ?? source.etag, source.sequencer, outcome].join('\0'))
    .digest('hex');
}
