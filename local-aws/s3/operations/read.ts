import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { AwsError } from '../../service';
import { refuseToRead } from '../archived';
import { checksumHeaders } from '../checksums';
import { isNotModified } from '../conditions';
import { checkCustomerKey, customerKey } from '../customer-key';
import { allowKey } from '../encryption';
import { invalidArgument } from '../errors';
import type { Exchange } from '../exchange';
import { checkHeader } from '../object-headers';
import { type Range, resolveRange } from '../ranges';
import type { Reply } from '../reply';
import type { ObjectVersion } from '../store/version';
import { findVersion, versionHeaders } from '../versions';

/** Bytes to read from the disk at once; each read goes through another thread. */
const BATCH = 512 * 1024;

/** Query parameters of GetObject that replace a header of the answer. */
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];

/** GetObject: the whole object, a range of it, or a part; or 304 if the caller has it already. */
export async function getObject(exchange: Exchange): Promise<Reply> {
  const { version, range, reply } = await describe(exchange);
  if (reply.status === 304) return reply;
  const { start, end } = range ?? { start: 0, end: version.size - 1 };
  if (end < start) return { ...reply, body: Readable.from([]) };
  const fd = exchange.bucket.objects.open(version);
  return { ...reply, body: createReadStream('', { fd, start, end, highWaterMark: BATCH }) };
}

/** HeadObject: what GetObject would answer, without the bytes. */
export async function headObject(exchange: Exchange): Promise<Reply> {
  return (await describe(exchange)).reply;
}

async function describe(
  exchange: Exchange,
): Promise<{ version: ObjectVersion; range: Range | undefined; reply: Reply }> {
  const { request, bucket } = exchange;
  const version = await findVersion(exchange, 's3:GetObject');
  checkCustomerKey(version.headers, customerKey(request.headers));
  if (request.method === 'GET') refuseToRead(version.headers);
  const validators = {
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.lastModified).toUTCString(),
    ...versionHeaders(bucket, version),
  };
  if (isNotModified(request.headers, version)) {
    return { version, range: undefined, reply: { status: 304, headers: validators } };
  }
  const part = partRange(request.query.get('partNumber'), version);
  const range = part ?? resolveRange(request.headers.get('range'), version.size);
  const { start, end } = range ?? { start: 0, end: version.size - 1 };
  const withChecksum = request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  // The checksum is that of the content. Source: docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
  if (request.method === 'GET' || withChecksum) {
    await allowKey(exchange, ['Decrypt'], { ...request, headers: version.headers });
  }
  const headers = {
    ...version.headers,
    ...overrides(request.query),
    ...validators,
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-range': range && `bytes ${start}-${end}/${version.size}`,
    'x-amz-tagging-count': version.tags.length || undefined,
    'x-amz-mp-parts-count': part ? version.parts?.length : undefined,
    // The checksum is that of the whole object.
    ...(withChecksum && !range && checksumHeaders(version.checksum)),
  };
  return { version, range, reply: { status: range ? 206 : 200, headers } };
}

/** The bytes of one part of an object that was uploaded in parts. Any other object is one part. */
function partRange(text: string | undefined, version: ObjectVersion): Range | undefined {
  if (text === undefined) return undefined;
  const sizes = version.parts ?? [version.size];
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1) {
    throw invalidArgument(
      'Part number must be an integer between 1 and 10000, inclusive',
      'partNumber',
      text,
    );
  }
  const size = sizes[number - 1];
  if (size === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: text,
      ActualPartCount: String(sizes.length),
    });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
  return size === 0 ? undefined : { start, end: start + size - 1 };
}

function overrides(query: Map<string, string>): Record<string, string> {
  const replaced: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value === undefined) continue;
    checkHeader(name, value);
    replaced[name] = value;
  }
  return replaced;
}
