/**
 * Signed URLs and signed cookies: who may request what a behavior with trusted key groups serves.
 *
 * Sources, in docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide:
 * private-content-creating-signed-url-canned-policy.html, private-content-creating-signed-url-custom-policy.html and
 * private-content-signed-cookies.html
 */

import { createVerify } from 'node:crypto';
import type { TrustedKey } from './model';
import { conditionsHold, type Policy, parsePolicy } from './signed-policy';
import type { ViewerRequest } from './viewer';

/** Why a request is refused, as CloudFront's XML names it. */
export interface Refusal {
  code: string;
  message: string;
}

/** What a request says to show that it may be answered. */
interface Claim {
  keyPairId?: string;
  signature?: string;
  /** Of a canned policy: Unix seconds. */
  expires?: string;
  /** A custom policy. */
  policy?: string;
  hashAlgorithm?: string;
}

/** The parameters of a signed URL. In cookies, each name begins with `CloudFront-`. */
const PARAMETERS: ReadonlyMap<string, keyof Claim> = new Map([
  ['Key-Pair-Id', 'keyPairId'],
  ['Signature', 'signature'],
  ['Expires', 'expires'],
  ['Policy', 'policy'],
  ['Hash-Algorithm', 'hashAlgorithm'],
]);

const COOKIE_PREFIX = 'CloudFront-';

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
]);

/** Neither the cache key nor an origin sees the parameters of a signature. */
export const withoutSignature = (viewer: ViewerRequest): ViewerRequest => ({
  ...viewer,
  query: viewer.query.filter(({ name }) => !PARAMETERS.has(name)),
});

/**
 * @param keys of the behavior
 * @param now Unix milliseconds
 * @returns undefined if the request is signed with one of the keys, for this URL and this time
 */
export function refusalOf(viewer: ViewerRequest, keys: TrustedKey[], now: number): Refusal | undefined {
  const claim = claimOf(viewer);
  if (!claim.keyPairId) {
    return { code: 'MissingKey', message: 'Missing Key-Pair-Id query parameter or cookie value' };
  }
  const key = keys.find(({ id }) => id === claim.keyPairId);
  if (!key) return { code: 'InvalidKey', message: 'Unknown Key' };
  const algorithm = ALGORITHMS.get(claim.hashAlgorithm ?? 'SHA1');
  if (!claim.signature || !algorithm || (claim.policy ?? claim.expires) === undefined) return DENIED;

  const signature = decoded(claim.signature);
  if (!signature) return { code: 'MalformedSignature', message: 'Could not unencode Signature' };
  const policy =
    claim.policy === undefined ? cannedPolicy(urlOf(viewer), claim.expires!) : decoded(claim.policy);
  if (!policy) return MALFORMED;
  if (!createVerify(algorithm).update(policy).verify(key.pem, signature)) return DENIED;

  let parsed: Policy;
  try {
    parsed = parsePolicy(policy.toString());
  } catch {
    return MALFORMED;
  }
  return conditionsHold(parsed, { url: urlOf(viewer), address: viewer.address, now }) ? undefined : DENIED;
}

const DENIED: Refusal = { code: 'AccessDenied', message: 'Access denied' };
const MALFORMED: Refusal = { code: 'MalformedPolicy', message: 'Malformed Policy' };

/** The cookies count only if the URL isn't signed. */
function claimOf({ query, headers }: ViewerRequest): Claim {
  const inUrl = claimFrom(query.map(({ name, raw }) => [name, valueIn(raw)]));
  if (Object.keys(inUrl).length > 0) return inUrl;
  const cookies = (headers.cookie ?? '').split(';').map((cookie): [string, string] => {
    const [name = '', ...value] = cookie.trim().split('=');
    return [name.startsWith(COOKIE_PREFIX) ? name.slice(COOKIE_PREFIX.length) : '', value.join('=')];
  });
  return claimFrom(cookies);
}

/** Of a name that is given twice, the first counts. */
function claimFrom(pairs: [name: string, value: string][]): Claim {
  const known = pairs.flatMap(([name, value]) => {
    const property = PARAMETERS.get(name);
    return property ? [[property, value] as const] : [];
  });
  return Object.fromEntries(known.reverse());
}

const valueIn = (parameter: string) => decodeURIComponent(parameter.slice(parameter.indexOf('=') + 1));

/** The URL that was signed: as it was sent, but without the parameters of the signature. */
function urlOf(viewer: ViewerRequest): string {
  const query = withoutSignature(viewer).query.map(({ raw }) => raw);
  return `http://${viewer.headers.host}${viewer.path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Whoever signs a canned policy doesn't send it, so both sides write it in exactly this way. */
const cannedPolicy = (url: string, expires: string): Buffer | undefined =>
  /^\d{1,12}$/.test(expires)
    ? Buffer.from(
        `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`,
      )
    : undefined;

/** CloudFront's own base64: `-`, `_` and `~` stand for `+`, `=` and `/`. @returns undefined if it is anything else */
function decoded(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9~-]+_*$/.test(text)) return undefined;
  const base64 = text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
  const bytes = Buffer.from(base64, 'base64');
  // Bits after the last byte would be ignored, so that an altered text could be read as the same bytes.
  return bytes.toString('base64') === base64 ? bytes : undefined;
}
