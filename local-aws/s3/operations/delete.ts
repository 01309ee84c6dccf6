import { AwsError } from '../../service';
import { readDocument } from '../body';
import { deleteCondition } from '../conditions';
import { invalidArgument, malformedXml } from '../errors';
import type { Exchange } from '../exchange';
import type { Reply } from '../reply';
import type { Deletion } from '../store/bucket';
import { actionFor, type Reference, referenceOf } from '../versions';
import { fromXml, toXml, type Xml } from '../xml';

const MAX_OBJECTS = 1000;

/** The ETag that S3 gives a delete marker: the MD5 of nothing. */
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

/** DeleteObject. A missing object counts as deleted. */
export async function deleteObject(exchange: Exchange): Promise<Reply> {
  const reference = referenceOf(exchange);
  const deletion = await remove(exchange, reference, exchange.request.headers.get('if-match'));
  const { version } = deletion ?? {};
  return {
    status: 204,
    headers: {
      'x-amz-delete-marker': version?.deleteMarker ? 'true' : undefined,
      'x-amz-version-id': exchange.bucket.objects.versioning && (version?.id ?? reference.versionId),
    },
  };
}

/** DeleteObjects: up to 1,000, each with its own outcome. */
export async function deleteObjects(exchange: Exchange): Promise<Reply> {
  const { request, authenticated, bucket } = exchange;
  const { objects, quiet } = parse(await readDocument(request, authenticated));
  const deleted: Xml[] = [];
  const errors: Xml[] = [];
  for (const { key, versionId, etag } of objects) {
    const named = { Key: key, VersionId: versionId };
    try {
      const deletion = await remove(exchange, { bucket: bucket.name, key, versionId }, etag);
      if (!quiet) deleted.push({ ...named, ...markerElements(deletion) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errors.push({ ...named, Code: error.code, Message: error.message });
    }
  }
  return { body: toXml('DeleteResult', { Deleted: deleted, Error: errors }) };
}

async function remove(
  exchange: Exchange,
  reference: Reference,
  match: string | undefined,
): Promise<Deletion | undefined> {
  const { bucket } = exchange;
  const { key, versionId } = reference;
  if (match !== undefined && versionId !== undefined) {
    throw invalidArgument('If-Match applies to the current version only', 'versionId', versionId);
  }
  await exchange.allowObject(actionFor('s3:DeleteObject', reference), reference);
  // Whether an ETag matches reveals something about the content. Source: S3 user guide, "conditional deletes".
  if (match !== undefined && match !== '*') await exchange.allowObject('s3:GetObject', reference);
  return bucket.objects.delete(
    key,
    versionId,
    deleteCondition(match, key),
    ({ version, sequencer, permanent }) =>
      exchange.announce({
        reason: 'DeleteObject',
        'deletion-type': permanent ? 'Permanently Deleted' : 'Delete Marker Created',
        object: {
          key,
          etag: version.deleteMarker ? EMPTY_MD5 : version.etag,
          ...(bucket.objects.versioning && { 'version-id': version.id }),
          sequencer,
        },
      }),
  );
}

function markerElements(deletion: Deletion | undefined): Record<string, Xml> {
  if (!deletion?.version.deleteMarker) return {};
  return { DeleteMarker: true, DeleteMarkerVersionId: deletion.version.id };
}

function parse(text: string): {
  objects: { key: string; versionId?: string; etag?: string }[];
  quiet: boolean;
} {
  const document = fromXml(text, 'Delete');
  const objects = (document['Object'] ?? []) as { Key?: unknown; VersionId?: string; ETag?: string }[];
  if (objects.length === 0 || objects.length > MAX_OBJECTS) throw malformedXml();
  return {
    quiet: document['Quiet'] === 'true',
    objects: objects.map(({ Key, VersionId, ETag }) => {
      if (typeof Key !== 'string' || Key === '') throw malformedXml();
      return { key: Key, versionId: VersionId || undefined, etag: ETag || undefined };
    }),
  };
}
