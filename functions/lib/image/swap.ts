/** How thumbnails are written: by compare-and-swap, so that no version of an image overwrites a newer one. */
import { TransientError } from '../../../contract/errors';
import type { Source } from '../../../contract/source';
import type { Original } from './offer';
import type { Target } from './targets';

/** A thumbnail that is already there, and the version of its source that it was made from. */
export interface Existing {
  etag: string;
  /** Sequencer of its source; empty for an object that this workflow did not write. */
  sequencer: string;
  /** Hash of the recipe it was made by. */
  preset: string;
  bytes: number;
}

/** What has to be true of a key for a write to it to take place. */
export type Precondition = { IfNoneMatch: '*' } | { IfMatch: string };

export interface SwapPorts {
  /** The bucket of the thumbnails. */
  bucket: string;
  find(key: string): Promise<Existing | null>;
  /** Resolves to false if another run has changed the key since it was looked at. */
  write(target: Target, data: Buffer, precondition: Precondition, image: Original): Promise<boolean>;
}

/** More rewrites than the concurrent runs of one object can cause. */
const MAX_SWAPS = 8;

/**
 * Decides how to write over what is at the key of a thumbnail.
 *
 * @returns `'done'` if that is the thumbnail of this version or of a newer one
 */
export function preconditionFor(
  { sequencer }: Source,
  { hash }: Target,
  existing: Existing | null,
): Precondition | 'done' {
  if (!existing) return { IfNoneMatch: '*' };
  if (existing.sequencer > sequencer) return 'done';
  const same = existing.sequencer === sequencer && existing.preset === hash;
  return same ? 'done' : { IfMatch: existing.etag };
}

/**
 * Writes a thumbnail unless a newer one is there. Whenever another run was quicker, it looks again.
 *
 * @param existing what was found at its key
 * @throws TransientError if the key keeps changing
 */
export async function swap(
  image: Original,
  target: Target,
  existing: Existing | null,
  data: Buffer,
  ports: SwapPorts,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_SWAPS; attempt++) {
    const precondition = preconditionFor(image.source, target, existing);
    if (precondition === 'done') return;
    if (await ports.write(target, data, precondition, image)) return;
    existing = await ports.find(target.key);
  }
  throw new TransientError(
    `s3://${ports.bucket}/${target.key} changed ${MAX_SWAPS} times while it was being written`,
  );
}
