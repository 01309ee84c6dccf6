import { invalidArgument } from '../errors';
import type { Exchange } from '../exchange';
import { allowList, type ListQuery, listQuery } from '../list-query';
import { storageClass } from '../object-headers';
import { paginate } from '../paginate';
import type { Reply } from '../reply';
import type { BucketStore } from '../store/bucket';
import type { Version } from '../store/version';
import { toXml, type Xml } from '../xml';
import { prefixElements } from './list-objects';

/** ListObjectVersions: all versions and delete markers, those of a key from the newest to the oldest. */
export async function listObjectVersions(exchange: Exchange): Promise<Reply> {
  const { request, bucket, service } = exchange;
  await allowList(exchange, 's3:ListBucketVersions');
  const list = listQuery(request.query, 'max-keys');
  const after = request.query.get('key-marker') ?? '';
  const afterVersion = request.query.get('version-id-marker');
  if (afterVersion !== undefined && after === '') {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      afterVersion,
    );
  }
  const versions = versionsAfter(bucket.objects, list.prefix, after, afterVersion);
  const page = paginate(versions, { ...list, after });
  const describe = (version: Version) => entry(version, bucket.objects, list, service.account);
  const next = page.truncated ? page.last! : undefined;
  const lastVersion = page.items.at(-1);
  return {
    body: toXml('ListVersionsResult', {
      Name: bucket.name,
      ...list.elements,
      KeyMarker: list.encode(after),
      VersionIdMarker: afterVersion ?? '',
      NextKeyMarker: next === undefined ? undefined : list.encode(next),
      NextVersionIdMarker: next !== undefined && lastVersion?.key === next ? lastVersion.id : undefined,
      MaxKeys: list.limit,
      IsTruncated: page.truncated,
      Version: page.items.filter(({ deleteMarker }) => !deleteMarker).map(describe),
      DeleteMarker: page.items.filter(({ deleteMarker }) => deleteMarker).map(describe),
      CommonPrefixes: prefixElements(page.prefixes, list),
    }),
  };
}

/** Without a version, a key marker means all versions of that key have been listed. */
function* versionsAfter(
  objects: BucketStore,
  prefix: string,
  after: string,
  afterVersion: string | undefined,
): Generator<Version> {
  for (const key of objects.keys.from(after, prefix)) {
    const versions = objects.versionsOf(key);
    if (key !== after) yield* versions;
    else if (afterVersion) yield* versions.slice(versions.findIndex(({ id }) => id === afterVersion) + 1);
  }
}

function entry(version: Version, objects: BucketStore, { encode }: ListQuery, owner: string): Xml {
  const common = {
    Key: encode(version.key),
    VersionId: version.id,
    IsLatest: objects.current(version.key) === version,
    LastModified: version.lastModified,
    Owner: { ID: owner },
  };
  if (version.deleteMarker) return common;
  return {
    ...common,
    ETag: `"${version.etag}"`,
    ChecksumAlgorithm: version.checksum.algorithm,
    ChecksumType: version.checksum.type,
    Size: version.size,
    StorageClass: storageClass(version.headers),
  };
}
