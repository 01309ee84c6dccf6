import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../service';
import type { Authenticated } from './authenticated';

/** The largest request any of the JSON and Query services takes is DynamoDB's 16 MiB. */
export const MAX_BODY = 16 * 1024 * 1024;

/**
 * Reads the whole body of a request that is not a stream, and checks that it is the one that was signed.
 *
 * @param limit bytes
 * @throws AwsError `RequestEntityTooLarge` beyond the limit, `XAmzContentSHA256Mismatch` for another body
 */
export async function readBody(
  request: IncomingMessage,
  authenticated: Authenticated,
  limit = MAX_BODY,
): Promise<Buffer> {
  const body = authenticated.body ?? (await readBytes(request, limit));
  if (body.length > limit) throw tooLarge(limit);
  verifyPayload(authenticated, sha256(body));
  return body;
}

/**
 * @param actual SHA-256 of the body as it arrived, in hexadecimal
 * @throws AwsError `XAmzContentSHA256Mismatch` when a hash was signed and the body has another
 */
export function verifyPayload({ payload }: Pick<Authenticated, 'payload'>, actual: string): void {
  if (!isHash(payload) || payload === actual) return;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
    { ClientComputedContentSHA256: payload, S3ComputedContentSHA256: actual },
  );
}

/** Whether a payload is a SHA-256 rather than a marker such as `UNSIGNED-PAYLOAD`. */
export function isHash(payload: string): boolean {
  return /^[0-9a-f]{64}$/.test(payload);
}

export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not destroy the socket: the answer still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function tooLarge(limit: number): AwsError {
  return new AwsError(
    'RequestEntityTooLarge',
    `Expected a request body of at most ${limit} bytes but received more.`,
    413,
  );
}
