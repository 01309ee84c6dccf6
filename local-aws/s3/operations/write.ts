import { type Body, checksumOf, openBody } from '../body';
import { checksumHeaders, DEFAULT_ALGORITHM } from '../checksums';
import { writeCondition } from '../conditions';
import { allowKey, encryptionHeaders, etagFor, withEncryption } from '../encryption';
import type { ObjectEvent } from '../events';
import type { Exchange } from '../exchange';
import { storedHeaders } from '../object-headers';
import type { Reply } from '../reply';
import type { Precondition } from '../store/bucket';
import { writeContent } from '../store/content';
import type { Description, ObjectVersion, Tags } from '../store/version';
import { tagsFromHeader } from '../tags';
import { versionHeaders } from '../versions';

/** PutObject. */
export async function putObject(exchange: Exchange): Promise<Reply> {
  const { request, authenticated } = exchange;
  const version = await writeObject(exchange, {
    reason: 'PutObject',
    tags: tagsFromHeader(request.headers.get('x-amz-tagging')),
    open: () => openBody(request, authenticated),
  });
  return { headers: { ...writtenHeaders(exchange, version), 'content-length': 0 } };
}

type Reason = Exclude<ObjectEvent['detail']['reason'], 'DeleteObject'>;

/** Writes the object of the request in one piece, if the caller may. */
export async function writeObject(
  exchange: Exchange,
  { reason, tags, open }: { reason: Reason; tags: Tags; open: () => Body },
): Promise<ObjectVersion> {
  const { request, bucket } = exchange;
  const own = storedHeaders(request.headers);
  const precondition = await allowWrite(exchange, tags.length > 0);
  const headers = withEncryption(exchange, own);
  await allowKey(exchange, ['GenerateDataKey'], { ...request, headers });
  const body = open();
  return bucket.objects.staged(async (path) => {
    const digests = await writeContent(path, body.source, body.algorithm ?? DEFAULT_ALGORITHM);
    body.verify(digests);
    return publish(exchange, reason, path, precondition, {
      size: digests.size,
      etag: etagFor(headers, digests),
      checksum: checksumOf(digests),
      headers,
      tags,
    });
  });
}

/** What the answer to a write says about the object. */
export function writtenHeaders({ bucket }: Exchange, version: ObjectVersion): Record<string, string> {
  return {
    etag: `"${version.etag}"`,
    ...versionHeaders(bucket, version),
    ...checksumHeaders(version.checksum),
    ...encryptionHeaders(version.headers),
  };
}

/**
 * Asks for every permission that writing the object needs.
 *
 * @returns the condition of the write
 */
export async function allowWrite(exchange: Exchange, tagged: boolean): Promise<Precondition> {
  const { request } = exchange;
  const precondition = writeCondition(request.headers, request.key);
  await exchange.allowPut();
  if (tagged) await exchange.allowObject('s3:PutObjectTagging');
  // Whether an ETag matches reveals something about the content. Source: S3 user guide, "conditional writes".
  if (request.headers.has('if-match')) await exchange.allowObject('s3:GetObject');
  return precondition;
}

/** Makes staged bytes the object of the request, and queues its event. Both are durable when this resolves. */
export async function publish(
  exchange: Exchange,
  reason: Reason,
  path: string,
  precondition: Precondition,
  description: Description,
): Promise<ObjectVersion> {
  const { request, bucket } = exchange;
  return bucket.objects.put(request.key, path, description, precondition, (version) =>
    exchange.announce({
      reason,
      object: {
        key: version.key,
        size: version.size,
        etag: version.etag,
        ...(bucket.objects.versioning && { 'version-id': version.id }),
        sequencer: version.sequencer,
      },
    }),
  );
}
