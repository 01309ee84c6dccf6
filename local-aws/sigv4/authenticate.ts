import type { IncomingMessage } from 'node:http';
import { AwsError, type Principal } from '../service';
import type { Authenticated } from './authenticated';
import { isHash, MAX_BODY, readBytes, sha256 } from './body';
import { ChunkSigner } from './chunk-signer';
import { type Claim, claimFromHeaders, claimFromQuery } from './claim';
import { verifyPresignedV2 } from './signature-v2';
import { verifySignature } from './signature-v4';
import { parseTarget, type Target } from './target';

/** How wrong the clock of a caller may be, in milliseconds. */
const MAX_SKEW = 15 * 60 * 1000;

const PAYLOAD_MARKERS = new Set([
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);

/**
 * Verifies the signature of a request: Signature Version 4 in headers or query, or Version 2 in the query.
 *
 * The body is verified as it is read, by {@link readBody} or by the service that streams it.
 *
 * @param find the principal that owns an access key
 * @throws AwsError with S3's codes: `AccessDenied` for an anonymous request or an expired URL, `InvalidAccessKeyId`,
 *   `InvalidToken`, `RequestTimeTooSkewed`, `SignatureDoesNotMatch`, or the code of a malformed signature
 */
export async function authenticate(
  request: IncomingMessage,
  find: (accessKeyId: string) => Principal | undefined,
  now = new Date(),
): Promise<Authenticated> {
  const target = parseTarget(request.url ?? '/');
  const names = new Set(target.query.map(([name]) => name));
  if (request.headers.authorization !== undefined) {
    return authenticateV4(request, target, claimFromHeaders(request), find, now);
  }
  if (names.has('X-Amz-Algorithm')) {
    return authenticateV4(request, target, claimFromQuery(request, target), find, now);
  }
  if (names.has('AWSAccessKeyId')) return authenticateV2(request, target, find, now);
  throw new AwsError('AccessDenied', 'Access Denied: the request carries no signature.', 403);
}

async function authenticateV4(
  request: IncomingMessage,
  target: Target,
  claim: Claim,
  find: (accessKeyId: string) => Principal | undefined,
  now: Date,
): Promise<Authenticated> {
  const principal = identify(claim.accessKeyId, claim.token, find);
  checkTime(claim, now);
  checkSignedHeaders(request, claim);
  const { payload, body } = await payloadOf(request, claim);
  const key = await verifySignature(request, target, claim, principal, payload);
  const chunksAreSigned = payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  return {
    principal,
    service: claim.service,
    region: claim.region,
    presigned: claim.expires !== undefined,
    payload,
    body,
    chunkSigner: chunksAreSigned ? new ChunkSigner(key, claim.time, claim.scope, claim.signature) : undefined,
  };
}

function authenticateV2(
  request: IncomingMessage,
  target: Target,
  find: (accessKeyId: string) => Principal | undefined,
  now: Date,
): Authenticated {
  const query = new Map(target.query);
  const principal = identify(query.get('AWSAccessKeyId')!, query.get('x-amz-security-token'), find);
  const expires = Number(query.get('Expires') || Number.NaN) * 1000;
  if (!(expires >= now.getTime())) throw expired({ Expires: query.get('Expires') ?? '' }, now);
  verifyPresignedV2(request, target, principal);
  // Version 2 has no credential scope: it exists for S3 alone and in no particular region.
  return { principal, service: 's3', region: '', presigned: true, payload: 'UNSIGNED-PAYLOAD' };
}

/** @throws AwsError `InvalidAccessKeyId`, `InvalidToken` */
export function identify(
  accessKeyId: string,
  token: string | undefined,
  find: (accessKeyId: string) => Principal | undefined,
): Principal {
  const principal = find(accessKeyId);
  if (!principal) {
    throw new AwsError(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
      { AWSAccessKeyId: accessKeyId },
    );
  }
  if (principal.sessionToken !== token) {
    throw new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400, {
      'Token-0': token ?? '',
    });
  }
  return principal;
}

function checkTime(claim: Claim, now: Date): void {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.time) ?? [];
  const [year, month, day, hour, minute, second] = parts.map(Number);
  const signedAt = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  if (Number.isNaN(signedAt) || !claim.time.startsWith(claim.date)) {
    throw new AwsError(
      'AccessDenied',
      `Expected X-Amz-Date as YYYYMMDDTHHMMSSZ on the date of the credential scope (${claim.date}) but received "${claim.time}".`,
      403,
    );
  }
  const age = now.getTime() - signedAt;
  if (claim.expires === undefined && Math.abs(age) > MAX_SKEW) {
    throw new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
      {
        RequestTime: claim.time,
        ServerTime: now.toISOString(),
        MaxAllowedSkewMilliseconds: String(MAX_SKEW),
      },
    );
  }
  if (claim.expires === undefined) return;
  if (age < -MAX_SKEW) throw new AwsError('AccessDenied', 'Request is not yet valid', 403);
  if (age > claim.expires * 1000) {
    const end = new Date(signedAt + claim.expires * 1000).toISOString();
    throw expired({ 'X-Amz-Expires': String(claim.expires), Expires: end }, now);
  }
}

function expired(fields: Record<string, string>, now: Date): AwsError {
  return new AwsError('AccessDenied', 'Request has expired', 403, {
    ...fields,
    ServerTime: now.toISOString(),
  });
}

/** An `x-amz-` header changes what a request does, so an unsigned one is refused. */
function checkSignedHeaders({ headers }: IncomingMessage, claim: Claim): void {
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new AwsError('AccessDenied', 'There were headers present in the request which were not signed', 403, {
    HeadersNotSigned: unsigned.join(', '),
  });
}

async function payloadOf(
  request: IncomingMessage,
  claim: Claim,
): Promise<{ payload: string; body?: Buffer }> {
  const { payload } = claim;
  if (payload !== undefined) {
    if (isHash(payload) || PAYLOAD_MARKERS.has(payload)) return { payload };
    throw new AwsError(
      'InvalidRequest',
      `Expected x-amz-content-sha256 to be a SHA-256 in hexadecimal or one of ${[...PAYLOAD_MARKERS].join(', ')} but received "${payload}".`,
    );
  }
  if (claim.service === 's3') {
    throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const body = await readBytes(request, MAX_BODY);
  return { payload: sha256(body), body };
}
