import { createHash } from 'node:crypto';
import { AwsError } from '../service';
import type { ChunkSigner } from '../sigv4';
import { ByteReader } from './byte-reader';
import { invalidRequest } from './errors';

/** A chunk starts with its size in hexadecimal and, if chunks are signed, its signature. */
const CHUNK_HEADER = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i;

const MAX_TRAILERS = 16;

/**
 * Removes the aws-chunked framing of a body, and verifies the signatures of its chunks if they are signed.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 *
 * @param signer expected signatures; absent if chunks aren't signed
 * @param trailers receives the trailing headers, by lower-case name, once the data has been read
 * @throws AwsError `InvalidRequest` for malformed framing, `IncompleteBody` for a body that ends early,
 *   `SignatureDoesNotMatch` for a chunk or trailer with another signature
 */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  signer: ChunkSigner | undefined,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  try {
    for (let size = -1; size !== 0; ) {
      const header = parseHeader(await reader.line());
      size = header.size;
      const hash = signer && createHash('sha256');
      for await (const bytes of reader.bytes(size)) {
        hash?.update(bytes);
        yield bytes;
      }
      if (signer) verify(signer.chunk(hash!.digest('hex')), header.signature);
      if (size > 0 && (await reader.line()) !== '') throw malformed('chunk data must end in CR LF');
    }
    await readTrailers(reader, signer, trailers);
    if (!(await reader.atEnd())) throw malformed('there is data after the last chunk');
  } finally {
    await reader.close();
  }
}

function parseHeader(line: string): { size: number; signature?: string } {
  const match = CHUNK_HEADER.exec(line);
  if (!match) throw malformed(`expected a chunk size but received "${line.slice(0, 100)}"`);
  return { size: Number.parseInt(match[1]!, 16), signature: match[2] };
}

async function readTrailers(
  reader: ByteReader,
  signer: ChunkSigner | undefined,
  trailers: Map<string, string>,
): Promise<void> {
  let canonical = '';
  let signature: string | undefined;
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size === MAX_TRAILERS) throw malformedTrailer();
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') signature = value;
    else {
      trailers.set(name, value);
      canonical += `${name}:${value}\n`;
    }
  }
  if (signer && trailers.size > 0) {
    verify(signer.trailer(createHash('sha256').update(canonical).digest('hex')), signature);
  }
}

function verify(expected: string, received: string | undefined): void {
  if (expected === received) return;
  throw new AwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    403,
    { SignatureProvided: received ?? '' },
  );
}

const malformed = (what: string) => invalidRequest(`The aws-chunked body is malformed: ${what}.`);

const malformedTrailer = () =>
  new AwsError('MalformedTrailerError', 'The request contained trailing data that was not well-formed.', 400);
