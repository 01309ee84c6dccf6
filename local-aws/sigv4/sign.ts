import { SignatureV4 } from '@smithy/signature-v4';
import type { Principal } from '../service';
import { Sha256 } from './sha256';
import { canonicalParts } from './signature-v4';
import { parseTarget } from './target';

export interface Unsigned {
  method: string;
  /** Origin of the server, for example `http://127.0.0.1:4566`. */
  origin: string;
  /** Path and query as they will be sent. */
  target: string;
  /** By lower-case name. */
  headers: Record<string, string>;
}

/**
 * Signs a request that has no body, by Signature Version 4 in its headers.
 *
 * @returns all headers of the request
 * @throws AwsError `InvalidURI` for a target that cannot be decoded
 */
export async function signRequest(
  { method, origin, target, headers }: Unsigned,
  { principal, service, region }: { principal: Principal; service: string; region: string },
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service,
    region,
    credentials: principal,
    sha256: Sha256,
    // Only S3 signs the path as it was sent; every other service encodes it a second time.
    uriEscapePath: service !== 's3',
  });
  const { hostname, port, host } = new URL(origin);
  const signed = await signer.sign({
    ...canonicalParts({ method }, parseTarget(target), { service }),
    protocol: 'http:',
    hostname,
    port: Number(port),
    headers: { ...headers, host },
  });
  return signed.headers;
}
