import type { IncomingMessage } from 'node:http';
import { AwsError } from '../service';
import type { Target } from './target';

/** What a Signature Version 4 request claims about itself. None of it is verified yet. */
export interface Claim {
  accessKeyId: string;
  /** Credential scope: `date/region/service/aws4_request`. */
  scope: string;
  date: string;
  region: string;
  service: string;
  /** Names of the signed headers, in lower case. */
  signedHeaders: string[];
  /** 64 hexadecimal digits. */
  signature: string;
  /** `X-Amz-Date`: basic ISO 8601, for example `20261121T013500Z`. */
  time: string;
  token?: string;
  /** Seconds a presigned URL is valid; absent for a request signed in its headers. */
  expires?: number;
  /** Hash of the body, or one of the markers used instead. Undefined if the body has to be hashed. */
  payload?: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A presigned URL is valid for at most seven days. */
const MAX_EXPIRES = 7 * 24 * 3600;

/** Reads the claim from the `Authorization` header. */
export function claimFromHeaders({ headers }: IncomingMessage): Claim {
  const authorization = headers.authorization ?? '';
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new AwsError(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  const malformed = (what: string) =>
    new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}.`);
  const parts = new Map(
    authorization
      .slice(ALGORITHM.length)
      .split(',')
      .map((part) => part.trim().split('=', 2) as [string, string]),
  );
  const time = single(headers['x-amz-date']) ?? httpDate(headers.date);
  if (!time) {
    throw new AwsError('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header', 403);
  }
  return {
    ...credential(parts.get('Credential'), malformed),
    signedHeaders: headerNames(parts.get('SignedHeaders'), malformed),
    signature: signature(parts.get('Signature'), malformed),
    time,
    token: single(headers['x-amz-security-token']),
    payload: single(headers['x-amz-content-sha256']),
  };
}

/** Reads the claim from the query of a presigned URL. */
export function claimFromQuery({ headers }: IncomingMessage, target: Target): Claim {
  const query = new Map(target.query);
  const malformed = (what: string) =>
    new AwsError('AuthorizationQueryParametersError', `Error parsing the query parameters; ${what}.`);
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw malformed(`X-Amz-Algorithm must be "${ALGORITHM}"`);
  const expires = Number(query.get('X-Amz-Expires') || Number.NaN);
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) {
    throw malformed(`X-Amz-Expires must be between 1 and ${MAX_EXPIRES} seconds`);
  }
  const time = query.get('X-Amz-Date');
  if (!time) throw malformed('X-Amz-Date is missing');
  return {
    ...credential(query.get('X-Amz-Credential'), malformed),
    signedHeaders: headerNames(query.get('X-Amz-SignedHeaders'), malformed),
    signature: signature(query.get('X-Amz-Signature'), malformed),
    time,
    token: query.get('X-Amz-Security-Token'),
    expires,
    payload:
      single(headers['x-amz-content-sha256']) ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}

export type Malformed = (what: string) => AwsError;

/** Reads a credential with its scope. */
export function credential(text: string | undefined, malformed: Malformed) {
  // The access key may contain slashes, so the scope is read from the end.
  const match = /^(.+)\/((\d{8})\/([^/]+)\/([^/]+)\/aws4_request)$/.exec(text ?? '');
  if (!match) {
    throw malformed(
      `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"`,
    );
  }
  const [, accessKeyId, scope, date, region, service] = match as unknown as string[];
  return {
    accessKeyId: accessKeyId!,
    scope: scope!,
    date: date!,
    region: region!,
    service: service!,
  };
}

function headerNames(text: string | undefined, malformed: Malformed): string[] {
  const names = (text ?? '').toLowerCase().split(';');
  if (!names.includes('host')) throw malformed('SignedHeaders must include "host"');
  return names;
}

export function signature(text: string | undefined, malformed: Malformed): string {
  if (!/^[0-9a-f]{64}$/.test(text ?? '')) throw malformed('the Signature must be 64 hexadecimal digits');
  return text!;
}

/** `X-Amz-Date` may be left out if a `Date` header is signed instead. */
function httpDate(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
