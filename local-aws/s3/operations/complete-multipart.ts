import { createHash } from 'node:crypto';
import { AwsError } from '../../service';
import { checksumOf, declaredChecksum, readDocument, verifyChecksum } from '../body';
import {
  type Checksum,
  checksumElement,
  checksumElements,
  checksumHeader,
  compositeChecksum,
  DEFAULT_ALGORITHM,
} from '../checksums';
import { encryptionHeaders } from '../encryption';
import { badDigest, invalidRequest, malformedXml, noSuchUpload } from '../errors';
import type { Exchange } from '../exchange';
import type { Reply } from '../reply';
import { type Digests, writeContent } from '../store/content';
import type { Part, Upload } from '../store/uploads';
import { versionHeaders } from '../versions';
import { fromXml, toXml } from '../xml';
import { allowParts, findUpload } from './multipart';
import { allowWrite, publish } from './write';

/** Every part but the last has at least 5 MiB. */
const MIN_PART = 5 * 1024 * 1024;

type NamedPart = { PartNumber?: string; ETag?: string } & Record<string, string | undefined>;

/** CompleteMultipartUpload: makes one object of the parts that the caller names. */
export async function completeMultipartUpload(exchange: Exchange): Promise<Reply> {
  const { request, authenticated, bucket } = exchange;
  const precondition = await allowWrite(exchange, false);
  const upload = findUpload(exchange);
  // S3 reads the parts only if it has to compute a checksum over them.
  if (upload.checksum) await allowParts(exchange, upload);
  const document = fromXml(await readDocument(request, authenticated), 'CompleteMultipartUpload');
  const named = (document['Part'] ?? []) as NamedPart[];
  return bucket.uploads.exclusively(upload.id, async () => {
    if (!bucket.uploads.find(upload.id, upload.key)) throw noSuchUpload(upload.id);
    const parts = chooseParts(upload, bucket.uploads.parts(upload.id), named);
    checkSizes(parts, request.headers.get('x-amz-mp-object-size'));
    const version = await bucket.objects.staged(async (path) => {
      const algorithm = upload.checksum?.algorithm ?? DEFAULT_ALGORITHM;
      const digests = await writeContent(path, bucket.uploads.read(upload.id, parts), algorithm);
      return publish(exchange, 'CompleteMultipartUpload', path, precondition, {
        size: digests.size,
        etag: etagOf(parts),
        checksum: await objectChecksum(request.headers, upload, parts, digests),
        parts: parts.map(({ size }) => size),
        headers: upload.headers,
        tags: upload.tags,
      });
    });
    await bucket.uploads.remove(upload.id);
    return {
      headers: { ...versionHeaders(bucket, version), ...encryptionHeaders(upload.headers) },
      body: toXml('CompleteMultipartUploadResult', {
        Location: `http://${request.headers.get('host')}/${bucket.name}/${encodeURIComponent(upload.key)}`,
        Bucket: bucket.name,
        Key: upload.key,
        ETag: `"${version.etag}"`,
        ...checksumElements(version.checksum),
      }),
    };
  });
}

/** Looks up the parts that the caller names. @throws AwsError `InvalidPart`, `InvalidPartOrder` */
function chooseParts(upload: Upload, uploaded: Part[], named: NamedPart[]): Part[] {
  if (named.length === 0) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  let previous = 0;
  return named.map((entry) => {
    const number = Number(entry.PartNumber);
    const etag = entry.ETag?.replaceAll('"', '');
    if (!Number.isInteger(number) || etag === undefined) throw malformedXml();
    if (number <= previous) {
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        400,
        { UploadId: upload.id },
      );
    }
    previous = number;
    const part = byNumber.get(number);
    if (part?.etag !== etag || !hasChecksum(upload, part, entry)) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: upload.id, PartNumber: String(number), ETag: etag },
      );
    }
    return part;
  });
}

/** A checksum over the parts needs each part's checksum, so that a swapped part is noticed. */
function hasChecksum({ checksum }: Upload, part: Part, entry: NamedPart): boolean {
  const sent = entry[checksumElement(part.checksum.algorithm)];
  if (sent === undefined && checksum?.type === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  return sent === undefined || sent === part.checksum.value;
}

function checkSizes(parts: Part[], declared: string | undefined): void {
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART);
  if (small) {
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(MIN_PART),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    );
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (declared !== undefined && Number(declared) !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${declared} does not match what was computed: ${size}`,
    );
  }
}

/** S3's ETag for such an object: the MD5 of its parts' MD5s, and the number of parts. */
function etagOf(parts: Part[]): string {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}

async function objectChecksum(
  headers: Map<string, string>,
  { checksum }: Upload,
  parts: Part[],
  digests: Digests,
): Promise<Checksum> {
  const declared = declaredChecksum(headers);
  if (declared && declared.algorithm !== digests.algorithm) {
    throw invalidRequest(
      `Expected the header ${checksumHeader(digests.algorithm)} but received ${checksumHeader(declared.algorithm)}.`,
    );
  }
  if (checksum?.type !== 'COMPOSITE') {
    verifyChecksum(declared?.value, digests);
    return checksumOf(digests);
  }
  const composite = await compositeChecksum(
    checksum.algorithm,
    parts.map((part) => part.checksum.value),
  );
  const sent = declared?.value.replace(/-\d+$/, '');
  if (sent !== undefined && sent !== composite.value.replace(/-\d+$/, '')) {
    throw badDigest(`The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
  return composite;
}
