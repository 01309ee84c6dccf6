import type { Service } from './buckets';
import type { ObjectEvent } from './events';

/**
 * Whether the change that an event announces has happened. If a later change has removed all traces of it, the answer is no:
 * that change has an event of its own.
 */
export function happened({ buckets }: Pick<Service, 'buckets'>, { detail }: ObjectEvent): boolean {
  const { key, sequencer, 'version-id': versionId } = detail.object;
  const objects = buckets.get(detail.bucket.name)?.objects;
  if (!objects) return true;
  if (detail['deletion-type'] === 'Permanently Deleted') {
    const deleted = versionId === undefined ? objects.current(key) : objects.find(key, versionId);
    // A later upload may have taken the place of a version without an id.
    return !deleted || BigInt(`0x${deleted.sequencer}`) > BigInt(`0x${sequencer}`);
  }
  return objects.versionsOf(key).some((version) => version.sequencer === sequencer);
}
