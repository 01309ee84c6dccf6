import type { IncomingMessage } from 'node:http';
import { AwsError } from '../service';
import { parseTarget } from '../sigv4';

/** S3's limit on a key, in bytes of UTF-8. */
const MAX_KEY = 1024;

/** A request in S3's terms, in path style: the bucket is the first part of the path. */
export interface S3Request {
  method: string;
  /** Empty for a request to the service itself. */
  bucket: string;
  /** Empty for a request to the bucket itself. */
  key: string;
  query: Map<string, string>;
  /** Headers by lower-case name. A presigned URL has some of them in its query. */
  headers: Map<string, string>;
  stream: IncomingMessage;
}

/** @throws AwsError `InvalidURI`, `KeyTooLongError` */
export function parseRequest(stream: IncomingMessage): S3Request {
  const target = parseTarget(stream.url ?? '/');
  const [, bucket, slash, key] = /^\/([^/]*)(\/?)(.*)$/s.exec(target.path) ?? [];
  if (bucket === undefined || (bucket === '' && slash !== '')) {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: target.rawPath });
  }
  checkKey(key!);
  const query = new Map(target.query);
  return {
    method: stream.method ?? 'GET',
    bucket,
    key: key!,
    query,
    headers: new Map([...headersInQuery(query), ...headersOf(stream)]),
    stream,
  };
}

/** @throws AwsError `KeyTooLongError` */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY) return;
  throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
    Size: String(size),
    MaxSizeAllowed: String(MAX_KEY),
  });
}

function* headersOf({ headers }: IncomingMessage): Generator<[string, string]> {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) yield [name, Array.isArray(value) ? value.join(',') : value];
  }
}

/**
 * Presigning moves `x-amz-` headers into the query. S3 ignores a checksum there, because the SDK computes it for the empty
 * body it has when it signs.
 */
function* headersInQuery(query: Map<string, string>): Generator<[string, string]> {
  for (const [name, value] of query) {
    const header = name.toLowerCase();
    if (header.startsWith('x-amz-') && !/^x-amz-(sdk-)?checksum-(?!mode)/.test(header)) yield [header, value];
  }
}
