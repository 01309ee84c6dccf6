import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { refuseToCopy } from '../archived';
import { checksumOf } from '../body';
import { type Algorithm, checksumElements, isAlgorithm } from '../checksums';
import { isNotModified } from '../conditions';
import { checkCustomerKey, customerKey } from '../customer-key';
import { allowKey, encryptionHeaders, etagFor, withEncryption } from '../encryption';
import { invalidArgument, invalidRequest, preconditionFailed } from '../errors';
import type { Exchange } from '../exchange';
import { storedHeaders } from '../object-headers';
import type { Range } from '../ranges';
import type { Reply } from '../reply';
import { writeContent } from '../store/content';
import type { ObjectVersion } from '../store/version';
import { tagsFromHeader } from '../tags';
import { actionFor, findVersion, type Reference, versionHeaders } from '../versions';
import { toXml } from '../xml';
import { allowWrite, publish } from './write';

/** The source of a copy, open for reading. */
export interface CopySource {
  reference: Reference;
  version: ObjectVersion;
  headers: Record<string, string | undefined>;
}

/** CopyObject. */
export async function copyObject(exchange: Exchange): Promise<Reply> {
  const { request, bucket } = exchange;
  const source = await findSource(exchange);
  const own = storedHeaders(request.headers);
  const described = copiesMetadata(exchange, source) ? mergedHeaders(source.version.headers, own) : own;
  const tags = await copiedTags(exchange, source);
  const precondition = await allowWrite(exchange, tags.length > 0);
  const headers = withEncryption(exchange, described);
  await allowKey(exchange, ['GenerateDataKey'], { ...request, headers });
  return bucket.objects.staged(async (path) => {
    const algorithm = chosenAlgorithm(request.headers) ?? source.version.checksum.algorithm;
    const digests = await writeContent(path, readSource(exchange, source), algorithm);
    const checksum = checksumOf(digests);
    const version = await publish(exchange, 'CopyObject', path, precondition, {
      size: digests.size,
      etag: etagFor(headers, digests),
      checksum,
      headers,
      tags,
    });
    return {
      headers: { ...source.headers, ...versionHeaders(bucket, version), ...encryptionHeaders(headers) },
      body: toXml('CopyObjectResult', {
        LastModified: version.lastModified,
        ETag: `"${version.etag}"`,
        ...checksumElements(checksum),
      }),
    };
  });
}

/**
 * Finds the source of a copy, if the caller may read it and its conditions hold.
 *
 * @throws AwsError `PreconditionFailed`, `ObjectNotInActiveTierError`, or what reading the source would answer
 */
export async function findSource(exchange: Exchange): Promise<CopySource> {
  const { headers } = exchange.request;
  const reference = parseSource(headers.get('x-amz-copy-source')!);
  const version = await findVersion(exchange, 's3:GetObject', reference);
  if (isNotModified(headers, version, 'x-amz-copy-source-')) {
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  }
  checkCustomerKey(version.headers, customerKey(headers, 'x-amz-copy-source-'));
  refuseToCopy(version.headers);
  await allowKey(exchange, ['Decrypt'], { ...reference, headers: version.headers });
  const { versioning } = exchange.bucketNamed(reference.bucket).objects;
  return { reference, version, headers: { 'x-amz-copy-source-version-id': versioning && version.id } };
}

/** The bytes of a source, or a range of them. */
export function readSource(exchange: Exchange, { reference, version }: CopySource, range?: Range): Readable {
  const { start, end } = range ?? { start: 0, end: version.size - 1 };
  if (end < start) return Readable.from([]);
  const fd = exchange.bucketNamed(reference.bucket).objects.open(version);
  return createReadStream('', { fd, start, end });
}

/** @param header `bucket/key` or `/bucket/key`, percent-encoded, with an optional `?versionId=` */
function parseSource(header: string): Reference {
  const [, path, , versionId] = /^\/?(.*?)(\?versionId=([^?]*))?$/s.exec(header) ?? [];
  let decoded = '';
  try {
    decoded = decodeURIComponent(path ?? '');
  } catch {
    // Refused below, like everything else that can't be a source.
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    );
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId };
}

function copiesMetadata({ request }: Exchange, { reference, version }: CopySource): boolean {
  const copies = directive(request.headers, 'x-amz-metadata-directive') === 'COPY';
  const ontoItself =
    reference.bucket === request.bucket && reference.key === request.key && reference.versionId === undefined;
  const storage = request.headers.get('x-amz-storage-class');
  const changesStorage = storage !== undefined && storage !== version.headers['x-amz-storage-class'];
  if (copies && ontoItself && !changesStorage) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  return copies;
}

async function copiedTags(exchange: Exchange, { reference, version }: CopySource) {
  const { headers } = exchange.request;
  if (directive(headers, 'x-amz-tagging-directive') === 'REPLACE') {
    return tagsFromHeader(headers.get('x-amz-tagging'));
  }
  if (version.tags.length > 0) {
    await exchange.allowObject(actionFor('s3:GetObjectTagging', reference), reference);
  }
  return version.tags;
}

function directive(headers: Map<string, string>, name: string): 'COPY' | 'REPLACE' {
  const value = headers.get(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(`Unknown ${name}: expected COPY or REPLACE.`, name, value);
}

function chosenAlgorithm(headers: Map<string, string>): Algorithm | undefined {
  const name = headers.get('x-amz-checksum-algorithm')?.toUpperCase();
  if (name === undefined) return undefined;
  if (isAlgorithm(name)) return name;
  throw invalidRequest('Checksum algorithm provided is unsupported.');
}

/** A copy keeps the headers that describe the content, but gets storage class and encryption from its own request. */
function mergedHeaders(source: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const isStorage = ([name]: [string, string]) => /^x-amz-(storage|server-side)/.test(name);
  return Object.fromEntries([
    ...Object.entries(source).filter((header) => !isStorage(header)),
    ...Object.entries(own).filter(isStorage),
  ]);
}
