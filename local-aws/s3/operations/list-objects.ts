import { invalidArgument } from '../errors';
import type { Exchange } from '../exchange';
import { allowList, type ListQuery, listQuery } from '../list-query';
import { storageClass } from '../object-headers';
import { type Page, paginate } from '../paginate';
import type { Reply } from '../reply';
import type { BucketStore } from '../store/bucket';
import type { ObjectVersion } from '../store/version';
import { toXml, type Xml } from '../xml';

/** ListObjectsV2. */
export async function listObjectsV2(exchange: Exchange): Promise<Reply> {
  const { request, bucket } = exchange;
  await allowList(exchange, 's3:ListBucket');
  const list = listQuery(request.query, 'max-keys');
  const token = request.query.get('continuation-token');
  const startAfter = request.query.get('start-after');
  const page = paginateObjects(
    bucket.objects,
    list,
    token === undefined ? (startAfter ?? '') : fromToken(token),
  );
  const owner = request.query.get('fetch-owner') === 'true' ? exchange.service.account : undefined;
  return {
    body: toXml('ListBucketResult', {
      Name: bucket.name,
      ...list.elements,
      StartAfter: startAfter === undefined ? undefined : list.encode(startAfter),
      ContinuationToken: token,
      MaxKeys: list.limit,
      KeyCount: page.items.length + page.prefixes.length,
      IsTruncated: page.truncated,
      NextContinuationToken: page.truncated ? toToken(page.last!) : undefined,
      Contents: page.items.map((version) => describe(version, list, owner)),
      CommonPrefixes: prefixElements(page.prefixes, list),
    }),
  };
}

/** ListObjects, version 1. */
export async function listObjects(exchange: Exchange): Promise<Reply> {
  const { request, bucket, service } = exchange;
  await allowList(exchange, 's3:ListBucket');
  const list = listQuery(request.query, 'max-keys');
  const marker = request.query.get('marker') ?? '';
  const page = paginateObjects(bucket.objects, list, marker);
  // S3 sends NextMarker only with a delimiter. Without one, the caller uses the last key of the page.
  const next = page.truncated && list.delimiter !== '' ? list.encode(page.last!) : undefined;
  return {
    body: toXml('ListBucketResult', {
      Name: bucket.name,
      ...list.elements,
      Marker: list.encode(marker),
      NextMarker: next,
      MaxKeys: list.limit,
      IsTruncated: page.truncated,
      Contents: page.items.map((version) => describe(version, list, service.account)),
      CommonPrefixes: prefixElements(page.prefixes, list),
    }),
  };
}

/** The element of each common prefix. */
export function prefixElements(prefixes: string[], { encode }: ListQuery): Xml[] {
  return prefixes.map((prefix) => ({ Prefix: encode(prefix) }));
}

function paginateObjects(objects: BucketStore, list: ListQuery, after: string): Page<ObjectVersion> {
  return paginate(currentObjects(objects, list.prefix, after), { ...list, after });
}

function* currentObjects(objects: BucketStore, prefix: string, after: string): Generator<ObjectVersion> {
  for (const key of objects.keys.from(after, prefix)) {
    const current = objects.current(key)!;
    if (key !== after && !current.deleteMarker) yield current;
  }
}

function describe(version: ObjectVersion, { encode }: ListQuery, owner: string | undefined): Xml {
  return {
    Key: encode(version.key),
    LastModified: version.lastModified,
    ETag: `"${version.etag}"`,
    ChecksumAlgorithm: version.checksum.algorithm,
    ChecksumType: version.checksum.type,
    Size: version.size,
    Owner: owner === undefined ? undefined : { ID: owner },
    StorageClass: storageClass(version.headers),
  };
}

const toToken = (after: string) => Buffer.from(after).toString('base64url');

function fromToken(token: string): string {
  const after = Buffer.from(token, 'base64url').toString();
  if (token === '' || toToken(after) !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return after;
}
