import { checksumElement } from '../checksums';
import type { Exchange } from '../exchange';
import { listQuery } from '../list-query';
import { storageClass } from '../object-headers';
import { pageLimit, paginate } from '../paginate';
import type { Reply } from '../reply';
import { compareKeys } from '../store/sorted-keys';
import type { Upload } from '../store/uploads';
import { toXml, type Xml } from '../xml';
import { prefixElements } from './list-objects';
import { findUpload } from './multipart';

/** ListMultipartUploads: those in progress, by key and then by age. */
export async function listMultipartUploads(exchange: Exchange): Promise<Reply> {
  const { request, bucket, service } = exchange;
  await exchange.allowBucket('s3:ListBucketMultipartUploads');
  const list = listQuery(request.query, 'max-uploads');
  const after = request.query.get('key-marker') ?? '';
  const afterUpload = request.query.get('upload-id-marker');
  const uploads = bucket.uploads.list().sort(byKeyAndAge);
  const seen = uploads.findIndex(({ key, id }) => key === after && id === afterUpload);
  const rest = uploads.filter(
    ({ key }, index) =>
      key.startsWith(list.prefix) &&
      (compareKeys(key, after) > 0 || (key === after && seen >= 0 && index > seen)),
  );
  const page = paginate(rest, { ...list, after });
  const lastUpload = page.items.at(-1);
  const next = page.truncated ? page.last! : undefined;
  return {
    body: toXml('ListMultipartUploadsResult', {
      Bucket: bucket.name,
      ...list.elements,
      KeyMarker: list.encode(after),
      UploadIdMarker: afterUpload ?? '',
      NextKeyMarker: next === undefined ? undefined : list.encode(next),
      NextUploadIdMarker: next !== undefined && lastUpload?.key === next ? lastUpload.id : undefined,
      MaxUploads: list.limit,
      IsTruncated: page.truncated,
      Upload: page.items.map((upload) => ({
        Key: list.encode(upload.key),
        UploadId: upload.id,
        ...people(service.account),
        StorageClass: storageClass(upload.headers),
        Initiated: upload.initiated,
        ...checksumChoice(upload),
      })),
      CommonPrefixes: prefixElements(page.prefixes, list),
    }),
  };
}

/** ListParts. */
export async function listParts(exchange: Exchange): Promise<Reply> {
  const { request, bucket, service } = exchange;
  await exchange.allowObject('s3:ListMultipartUploadParts');
  const upload = findUpload(exchange);
  const limit = pageLimit(request.query, 'max-parts');
  const after = Number.parseInt(request.query.get('part-number-marker') ?? '', 10) || 0;
  const rest = bucket.uploads.parts(upload.id).filter(({ number }) => number > after);
  const parts = rest.slice(0, limit);
  const truncated = parts.length < rest.length;
  return {
    body: toXml('ListPartsResult', {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
      ...people(service.account),
      StorageClass: storageClass(upload.headers),
      ...checksumChoice(upload),
      PartNumberMarker: after,
      NextPartNumberMarker: truncated ? parts.at(-1)?.number : undefined,
      MaxParts: limit,
      IsTruncated: truncated,
      Part: parts.map(({ number, lastModified, etag, size, checksum }) => ({
        PartNumber: number,
        LastModified: lastModified,
        ETag: `"${etag}"`,
        Size: size,
        [checksumElement(checksum.algorithm)]: checksum.value,
      })),
    }),
  };
}

const byKeyAndAge = (a: Upload, b: Upload) =>
  compareKeys(a.key, b.key) || a.initiated.localeCompare(b.initiated) || a.id.localeCompare(b.id);

const people = (account: string) => ({ Initiator: { ID: account }, Owner: { ID: account } });

const checksumChoice = ({ checksum }: Upload): Record<string, Xml> => ({
  ChecksumAlgorithm: checksum?.algorithm,
  ChecksumType: checksum?.type,
});
