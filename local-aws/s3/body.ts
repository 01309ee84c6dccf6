import { createHash, type Hash } from 'node:crypto';
import { AwsError } from '../service';
import { type Authenticated, isHash, verifyPayload } from '../sigv4';
import {
  ALGORITHMS,
  type Algorithm,
  type Checksum,
  checksumHeader,
  DEFAULT_ALGORITHM,
  isAlgorithm,
  isChecksum,
} from './checksums';
import { decodeChunks } from './chunked';
import { badDigest, invalidRequest } from './errors';
import type { S3Request } from './request';
import { Digester, type Digests } from './store/content';

/** The largest object a single request may carry: 5 GiB. */
const MAX_OBJECT = 5 * 1024 ** 3;

/** The largest XML document that S3 accepts: a request to delete 1,000 keys of the greatest length. */
const MAX_DOCUMENT = 2 * 1024 ** 2;

/** The body of a request, without its framing, and what its sender claims about it. */
export interface Body {
  source: AsyncIterable<Buffer>;
  /** The checksum algorithm that the sender chose, to be computed while reading. */
  algorithm: Algorithm | undefined;
  /**
   * Call after reading everything.
   *
   * @throws AwsError when the bytes differ from what the sender claimed: `BadDigest`, `IncompleteBody`,
   *   `XAmzContentSHA256Mismatch`, or the code of a malformed trailer
   */
  verify(digests: Digests): void;
}

/**
 * Opens the body of a request for one pass.
 *
 * @throws AwsError for headers that contradict each other or are malformed, before anything is read
 */
export function openBody(request: S3Request, authenticated: Authenticated): Body {
  const { headers } = request;
  const framed = authenticated.payload.startsWith('STREAMING-');
  const length = declaredLength(headers, framed);
  const md5 = declaredMd5(headers);
  const inHeader = declaredChecksum(headers);
  const inTrailer = declaredTrailer(headers, framed);
  const algorithm = inHeader?.algorithm ?? inTrailer;
  const chosen = headers.get('x-amz-sdk-checksum-algorithm')?.toUpperCase();
  if (chosen !== undefined && chosen !== algorithm) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  // Leaving the loop must not destroy the socket, because the answer still has to be sent on it.
  const raw: AsyncIterable<Buffer> = request.stream.iterator({ destroyOnReturn: false });
  const trailers = new Map<string, string>();
  const sha256 = isHash(authenticated.payload) ? createHash('sha256') : undefined;
  return {
    source: limited(framed ? decodeChunks(raw, authenticated.chunkSigner, trailers) : raw, length, sha256),
    algorithm,
    verify(digests) {
      if (digests.size !== length) throw incomplete();
      if (sha256) verifyPayload(authenticated, sha256.digest('hex'));
      if (md5 && !md5.equals(digests.md5)) {
        throw badDigest('The Content-MD5 you specified did not match what we received.');
      }
      const expected = inTrailer ? trailerValue(trailers, inTrailer) : inHeader?.value;
      verifyChecksum(expected, digests);
    },
  };
}

/** Reads an XML document, verified. @throws AwsError `MaxMessageLengthExceeded` */
export async function readDocument(request: S3Request, authenticated: Authenticated): Promise<string> {
  const body = openBody(request, authenticated);
  if (body.algorithm === undefined && !request.headers.has('content-md5') && request.query.has('delete')) {
    throw invalidRequest('Missing required header for this request: Content-MD5');
  }
  const digester = new Digester(body.algorithm ?? DEFAULT_ALGORITHM);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body.source) {
    size += piece.length;
    if (size > MAX_DOCUMENT) {
      throw new AwsError('MaxMessageLengthExceeded', 'Your request was too big.', 400);
    }
    digester.update(piece);
    pieces.push(piece);
  }
  body.verify(await digester.digests());
  return Buffer.concat(pieces).toString('utf8');
}

/** The checksum to store for bytes that were read. */
export function checksumOf({ algorithm, checksum }: Digests): Checksum {
  return { algorithm, value: checksum.toString('base64'), type: 'FULL_OBJECT' };
}

/** @throws AwsError `BadDigest` when a checksum was given and the bytes have another */
export function verifyChecksum(expected: string | undefined, { algorithm, checksum }: Digests): void {
  if (expected === undefined || expected === checksum.toString('base64')) return;
  throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
}

/** The checksum in the headers, if there is one. @throws AwsError `InvalidRequest` for more than one, or a malformed one */
export function declaredChecksum(
  headers: Map<string, string>,
): { algorithm: Algorithm; value: string } | undefined {
  const found = [...headers].filter(
    ([name]) => name.startsWith('x-amz-checksum-') && !/-(algorithm|mode|type)$/.test(name),
  );
  if (found.length > 1) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  if (found.length === 0) return undefined;
  const [name, value] = found[0]!;
  const algorithm = name.slice('x-amz-checksum-'.length).toUpperCase();
  if (!isAlgorithm(algorithm)) {
    throw invalidRequest(`Expected a checksum of ${ALGORITHMS.join(', ')} but received the header ${name}.`);
  }
  if (!isChecksum(algorithm, value.replace(/-\d+$/, '')))
    throw invalidRequest(`Value for ${name} header is invalid.`);
  return { algorithm, value };
}

function declaredTrailer(headers: Map<string, string>, framed: boolean): Algorithm | undefined {
  const name = headers.get('x-amz-trailer')?.trim().toLowerCase();
  if (name === undefined) return undefined;
  const algorithm = ALGORITHMS.find((candidate) => checksumHeader(candidate) === name);
  if (!framed || !algorithm) {
    throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
  }
  return algorithm;
}

function trailerValue(trailers: Map<string, string>, algorithm: Algorithm): string {
  const value = trailers.get(checksumHeader(algorithm));
  if (value === undefined) {
    throw new AwsError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  }
  if (!isChecksum(algorithm, value)) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} trailing header is invalid.`);
  }
  return value;
}

function declaredMd5(headers: Map<string, string>): Buffer | undefined {
  const text = headers.get('content-md5');
  if (text === undefined) return undefined;
  const md5 = Buffer.from(text, 'base64');
  if (md5.length !== 16 || md5.toString('base64') !== text) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, {
      'Content-MD5': text,
    });
  }
  return md5;
}

/** @throws AwsError `MissingContentLength`, `EntityTooLarge` */
export function declaredLength(headers: Map<string, string>, framed: boolean): number {
  const text = headers.get(framed ? 'x-amz-decoded-content-length' : 'content-length');
  if (!/^\d{1,15}$/.test(text ?? '')) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  const length = Number(text);
  if (length > MAX_OBJECT) {
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: String(length),
      MaxSizeAllowed: String(MAX_OBJECT),
    });
  }
  return length;
}

/** Stops as soon as there is more than announced, so that the disk doesn't fill up. */
async function* limited(
  source: AsyncIterable<Buffer>,
  length: number,
  sha256: Hash | undefined,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > length) throw incomplete();
    sha256?.update(piece);
    yield piece;
  }
}

const incomplete = () =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    400,
  );
