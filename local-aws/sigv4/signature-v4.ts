import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import { AwsError, type Principal } from '../service';
import type { Claim } from './claim';
import { Sha256 } from './sha256';
import type { Target } from './target';

type HttpRequest = Parameters<typeof getCanonicalHeaders>[0];
type HeaderBag = ReturnType<typeof getCanonicalHeaders>;

/** The SDK's own canonicalization, with the signed headers taken from the claim. */
class Canonicalization extends SignatureV4Base {
  constructor(claim: Claim, principal: Principal) {
    // Only S3 signs the path as it was sent; every other service encodes it a second time.
    const uriEscapePath = claim.service !== 's3';
    super({
      service: claim.service,
      region: claim.region,
      credentials: principal,
      sha256: Sha256,
      uriEscapePath,
    });
  }

  async stringToSign(request: HttpRequest, headers: HeaderBag, payload: string, claim: Claim) {
    const canonicalRequest = this.createCanonicalRequest(request, headers, payload);
    return {
      canonicalRequest,
      stringToSign: await this.createStringToSign(
        claim.time,
        claim.scope,
        canonicalRequest,
        'AWS4-HMAC-SHA256',
      ),
    };
  }
}

/**
 * Recomputes the signature of a request and compares it with the one it claims.
 *
 * @param payload the last line of the canonical request: hash of the body, or the marker that stands for it
 * @returns the signing key, for bodies whose chunks are signed too
 * @throws AwsError `SignatureDoesNotMatch` with what was signed here, so that the caller can compare
 */
export async function verifySignature(
  request: IncomingMessage,
  target: Target,
  claim: Claim,
  principal: Principal,
  payload: string,
): Promise<Uint8Array> {
  const { canonicalRequest, stringToSign } = await new Canonicalization(claim, principal).stringToSign(
    canonicalParts(request, target, claim),
    signedHeaders(request, claim),
    payload,
    claim,
  );
  const key = await getSigningKey(Sha256, principal, claim.date, claim.region, claim.service);
  const hmac = new Sha256(key);
  hmac.update(stringToSign);
  if (!timingSafeEqual(await hmac.digest(), Buffer.from(claim.signature, 'hex'))) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
      {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonicalRequest,
      },
    );
  }
  return key;
}

function signedHeaders({ headers }: IncomingMessage, claim: Claim): HeaderBag {
  const names = new Set(claim.signedHeaders);
  const signed = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => names.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
  return getCanonicalHeaders({ headers: signed } as HttpRequest, undefined, names);
}

/** Method, path and query in the form that is signed. */
export function canonicalParts(
  { method }: Pick<IncomingMessage, 'method'>,
  target: Target,
  { service }: Pick<Claim, 'service'>,
): HttpRequest {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of target.query) {
    const seen = query[name];
    query[name] = seen === undefined ? value : ([seen, value].flat() as string[]);
  }
  const path = service === 's3' ? target.path.split('/').map(encode).join('/') : target.rawPath;
  return { method: method ?? 'GET', path, query } as HttpRequest;
}

/** Percent-encodes everything except RFC 3986's unreserved characters, as signing requires. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
