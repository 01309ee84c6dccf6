import { CopyObjectCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { Throttled, TransientError } from '../../contract/errors';
import type { Source } from '../../contract/source';
import { asWorkflowError } from '../lib/runtime/aws-errors';
import type { Copy } from './quarantine';

/**
 * Copies the exact version that failed to the quarantine bucket, under the same key and tagged with the error's name. S3
 * itself makes the copy: the bytes never pass through the function.
 *
 * If the original is gone, if S3 refuses to copy it, or if that takes too long, it answers with a note instead, and the original
 * stays where it is. A copy that takes too long may still be completed by S3.
 *
 * @param milliseconds that the copy may take
 */
export async function copyOriginal(
  s3: S3Client,
  source: Source,
  error: string,
  bucket: string,
  milliseconds: number,
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
  const abortSignal = AbortSignal.timeout(Math.max(0, milliseconds));
  try {
    // The signal ends it, and not the client's own time limit, which is shorter than a large copy takes.
    await s3.send(command, { abortSignal, requestTimeout: 0 });
    return { quarantine: { bucket, key: source.key }, note: null };
  } catch (caught) {
    const note = abortSignal.aborted ? tooSlow(milliseconds) : noteOf(caught as S3ServiceException);
    if (note === null) throw caught;
    return { quarantine: null, note };
  }
}

const tooSlow = (milliseconds: number) =>
  `no copy: S3 did not finish it within ${(Math.max(0, milliseconds) / 1_000).toFixed(1)} s, so the original stays in the uploads bucket; raise functions.quarantine.timeoutSeconds for larger files`;

/** Why an original can't be copied; null for an error that isn't about the original. */
function noteOf(error: S3ServiceException): string | null {
  const { name, message } = error;
  const known = NOTES[name];
  if (known) return known;
  const fault = asWorkflowError(error);
  if (fault instanceof Throttled || fault instanceof TransientError) return null;
  if (TOO_LARGE.test(message)) return 'no copy: the original is larger than the 5 GB that S3 copies at once';
  return error.$metadata?.httpStatusCode === 400 || ARCHIVED.has(name)
    ? `no copy: S3 refuses it: ${name}: ${message}`
    : null;
}

const NOTES: Record<string, string> = {
  NoSuchKey: 'no copy: the original was deleted in the meantime',
  NoSuchVersion: 'no copy: the original was deleted in the meantime',
  PreconditionFailed: 'no copy: the original was overwritten in the meantime',
};

/** The message of an InvalidRequest, which S3 answers for other reasons too. */
const TOO_LARGE = /larger than the maximum allowable size for a copy source/;

/** The original has to be restored from a storage class such as Glacier first. */
const ARCHIVED = new Set(['ObjectNotInActiveTierError', 'InvalidObjectState']);
