import { AwsError } from '../../service';
import { checksumOf, openBody } from '../body';
import {
  ALGORITHMS,
  type Algorithm,
  type Checksum,
  checksumElement,
  checksumHeader,
  DEFAULT_ALGORITHM,
  isAlgorithm,
} from '../checksums';
import { customerKey } from '../customer-key';
import { allowKey, encryptionHeaders, etagFor, withEncryption } from '../encryption';
import { invalidArgument, invalidRequest, noSuchUpload, notImplemented } from '../errors';
import type { Exchange } from '../exchange';
import { storedHeaders } from '../object-headers';
import type { Range } from '../ranges';
import type { Reply } from '../reply';
import { type Digests, writeContent } from '../store/content';
import type { Upload } from '../store/uploads';
import { tagsFromHeader } from '../tags';
import { toXml } from '../xml';
import { findSource, readSource } from './copy';

const MAX_PARTS = 10_000;

/** CreateMultipartUpload. */
export async function createMultipartUpload(exchange: Exchange): Promise<Reply> {
  const { request, bucket } = exchange;
  const hasOwnKey = Object.keys(customerKey(request.headers)).length > 0;
  const own = storedHeaders(request.headers);
  const tags = tagsFromHeader(request.headers.get('x-amz-tagging'));
  const checksum = chosenChecksum(request.headers);
  await exchange.allowPut();
  if (tags.length > 0) await exchange.allowObject('s3:PutObjectTagging');
  if (hasOwnKey) throw notImplemented('A multipart upload with a key from the caller');
  const headers = withEncryption(exchange, own);
  await allowKey(exchange, ['GenerateDataKey'], { ...request, headers });
  const upload = await bucket.uploads.create({ key: request.key, checksum, headers, tags });
  return {
    headers: {
      'x-amz-checksum-algorithm': checksum?.algorithm,
      'x-amz-checksum-type': checksum?.type,
      ...encryptionHeaders(headers),
    },
    body: toXml('InitiateMultipartUploadResult', {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.id,
    }),
  };
}

/** UploadPart. */
export async function uploadPart(exchange: Exchange): Promise<Reply> {
  const { request, authenticated, bucket } = exchange;
  await exchange.allowPut();
  const upload = findUpload(exchange);
  await allowParts(exchange, upload);
  const number = partNumber(exchange);
  const body = openBody(request, authenticated);
  const algorithm = partAlgorithm(upload, body.algorithm);
  return bucket.objects.staged(async (path) => {
    const digests = await writeContent(path, body.source, algorithm);
    body.verify(digests);
    const { etag, checksum } = await keepPart(exchange, upload, number, path, digests);
    return {
      headers: {
        etag: `"${etag}"`,
        [checksumHeader(checksum.algorithm)]: checksum.value,
        ...encryptionHeaders(upload.headers),
        'content-length': 0,
      },
    };
  });
}

/** UploadPartCopy: a part from an object, or from a range of it. */
export async function uploadPartCopy(exchange: Exchange): Promise<Reply> {
  const { request, bucket } = exchange;
  const source = await findSource(exchange);
  await exchange.allowPut();
  const upload = findUpload(exchange);
  await allowParts(exchange, upload);
  const number = partNumber(exchange);
  const range = sourceRange(request.headers.get('x-amz-copy-source-range'), source.version.size);
  return bucket.objects.staged(async (path) => {
    const digests = await writeContent(
      path,
      readSource(exchange, source, range),
      partAlgorithm(upload, undefined),
    );
    const { etag, checksum, lastModified } = await keepPart(exchange, upload, number, path, digests);
    return {
      headers: { ...source.headers, ...encryptionHeaders(upload.headers) },
      body: toXml('CopyPartResult', {
        LastModified: lastModified,
        ETag: `"${etag}"`,
        [checksumElement(checksum.algorithm)]: checksum.value,
      }),
    };
  });
}

/** AbortMultipartUpload. */
export async function abortMultipartUpload(exchange: Exchange): Promise<Reply> {
  const { bucket } = exchange;
  await exchange.allowObject('s3:AbortMultipartUpload');
  const { id } = findUpload(exchange);
  await bucket.uploads.exclusively(id, () => bucket.uploads.remove(id));
  return { status: 204 };
}

/** The upload the query names. @throws AwsError `NoSuchUpload` */
export function findUpload({ request, bucket }: Exchange): Upload {
  const id = request.query.get('uploadId') ?? '';
  const upload = bucket.uploads.find(id, request.key);
  if (!upload) throw noSuchUpload(id);
  return upload;
}

/**
 * The parts of an upload share one data key, which is decrypted for each part. Source:
 * docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html, "Multipart upload API and permissions"
 */
export async function allowParts(exchange: Exchange, { headers }: Upload): Promise<void> {
  await allowKey(exchange, ['Decrypt'], { ...exchange.request, headers });
}

async function keepPart(exchange: Exchange, upload: Upload, number: number, path: string, digests: Digests) {
  const part = {
    number,
    size: digests.size,
    etag: etagFor(upload.headers, digests),
    checksum: checksumOf(digests),
    lastModified: new Date().toISOString(),
  };
  const kept = await exchange.bucket.uploads.putPart(upload.id, path, part);
  if (!kept) throw noSuchUpload(upload.id);
  return part;
}

function partNumber({ request }: Exchange): number {
  const text = request.query.get('partNumber') ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_PARTS) {
    throw invalidArgument(
      `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
      'partNumber',
      text,
    );
  }
  return number;
}

/** If its upload has a checksum algorithm, a part uses the same one. */
function partAlgorithm({ checksum }: Upload, sent: Algorithm | undefined): Algorithm {
  if (checksum && sent && sent !== checksum.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`,
    );
  }
  return checksum?.algorithm ?? sent ?? DEFAULT_ALGORITHM;
}

/** CRC64NVME is always over the whole object, the SHA family always over the parts; the other two can be either. */
function chosenChecksum(headers: Map<string, string>): Upload['checksum'] {
  const name = headers.get('x-amz-checksum-algorithm')?.toUpperCase();
  const wanted = headers.get('x-amz-checksum-type')?.toUpperCase() as Checksum['type'] | undefined;
  if (name === undefined) {
    if (wanted === undefined) return undefined;
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  if (!isAlgorithm(name)) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${ALGORITHMS.join(', ')}]`,
    );
  }
  const possible: Checksum['type'][] = name.startsWith('SHA')
    ? ['COMPOSITE']
    : name === 'CRC64NVME'
      ? ['FULL_OBJECT']
      : ['COMPOSITE', 'FULL_OBJECT'];
  const type = wanted ?? possible[0]!;
  if (possible.includes(type)) return { algorithm: name, type };
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`,
  );
}

/** Unlike a read's range, a copy's range has both ends and is within the source. */
function sourceRange(header: string | undefined, size: number): Range | undefined {
  if (header === undefined) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || start > end) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    );
  }
  if (end >= size) {
    throw new AwsError(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${size}`,
      400,
    );
  }
  return { start, end };
}
