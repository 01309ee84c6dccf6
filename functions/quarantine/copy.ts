import { CopyObjectCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { Source } from '../../contract/source';
import type { Copy } from './quarantine';

/**
 * Copies the exact version that failed to the quarantine bucket, under the same key and tagged with the error's name. S3
 * itself makes the copy: the bytes never pass through the function.
 *
 * If the original is gone, or larger than the 5 GB that one CopyObject can copy, it answers with a note instead.
 */
export async function copyOriginal(
  s3: S3Client,
  source: Source,
  error: string,
  bucket: string,
): Promise<Copy> {
  const version = source.version ? `?versionId=${encodeURIComponent(source.version)}` : '';
  const command = new CopyObjectCommand({
    Bucket: bucket,
    Key: source.key,
    CopySource: `${source.bucket}/${source.key.split('/').map(encodeURIComponent).join('/')}${version}`,
    CopySourceIfMatch: `"${source.etag}"`,
    TaggingDirective: 'REPLACE',
    Tagging: new URLSearchParams({ error, sequencer: source.sequencer }).toString(),
  });
  try {
    await s3.send(command);
    return { quarantine: { bucket, key: source.key }, note: null };
  } catch (caught) {
    const note = NOTES[(caught as S3ServiceException).name];
    if (!note) throw caught;
    return { quarantine: null, note };
  }
}

/** Why an original cannot be copied, by S3's name for it. */
const NOTES: Record<string, string> = {
  NoSuchKey: 'no copy: the original was deleted in the meantime',
  NoSuchVersion: 'no copy: the original was deleted in the meantime',
  PreconditionFailed: 'no copy: the original was overwritten in the meantime',
  InvalidRequest: 'no copy: the original is larger than the 5 GB that S3 copies at once',
};
