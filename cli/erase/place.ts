/** Where a stack keeps what is erased, by its outputs. */
import { createHash } from 'node:crypto';
import { thumbnailFolders } from '../../contract/thumbnail-folder';

export interface Place {
  uploads: string;
  thumbnails: string;
  quarantine: string;
  /** Start of the key of every thumbnail. */
  thumbnailsPrefix: string;
  /** Whether the workflow follows what happens to an object, so that it has a record or gets one. */
  isProcessed(key: string): boolean;
  /** Start of the thumbnails of an image, and nothing else but those of images whose key goes on after a slash. */
  folders(key: string): string[];
}

/** @throws Error for a stack that was deployed by an earlier release, whose outputs don't say what it processes */
export function placeIn(outputs: Readonly<Record<string, string>>): Place {
  const suffixes = outputs['uploads_suffixes']?.split(',');
  if (!suffixes) {
    throw new Error(
      'Expected the output uploads_suffixes, which says what the workflow processes, but the stack was deployed by an earlier release. Run npm run deploy, then erase',
    );
  }
  const thumbnailsPrefix = outputs['thumbnails_prefix'] ?? '';
  return {
    uploads: outputs['uploads_bucket'] as string,
    thumbnails: outputs['thumbnails_bucket'] as string,
    quarantine: outputs['quarantine_bucket'] as string,
    thumbnailsPrefix,
    isProcessed: (key) =>
      key.startsWith(outputs['uploads_prefix'] ?? '') &&
      suffixes.some((suffix) => key.toLowerCase().endsWith(`.${suffix}`)),
    folders: (key) => thumbnailFolders(thumbnailsPrefix, key, sha256),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
