/** URLs of thumbnails, at the CDN in front of their bucket. */
import { createHash } from 'node:crypto';
import type { Source } from '../../../contract/source';

/**
 * The URL of a thumbnail. Its key stays the same when the image changes, but the parameter does not, so every answer to a
 * URL may be cached for good.
 *
 * @param base `https://<domain>` without a slash at the end
 * @param key in the thumbnails bucket, which is also the path: contract/thumbnail-key.ts
 * @param hash of the recipe that the thumbnail is made by: the preset's, or a lazy variant's own
 */
export function thumbnailUrl(
  base: string,
  key: string,
  source: Pick<Source, 'version' | 'etag'>,
  hash: string,
): string {
  return `${base}/${key}?v=${versionOf(source, hash)}`;
}

/** Ten hexadecimal digits that change with the content of the source and with the recipe. */
export function versionOf({ version, etag }: Pick<Source, 'version' | 'etag'>, hash: string): string {
  return createHash('sha256')
    .update(`${version ?? ''} ${etag} ${hash}`)
    .digest('hex')
    .slice(0, 10);
}
