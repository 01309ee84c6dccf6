/**
 * Tokens for the JWT authorizers of a stack. The issuer and its keys are somewhere else; a key in the data folder takes
 * their place, and everything else about a token is verified as on AWS.
 *
 * Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JwtAuthorization } from './model';

/** The claims of a token. */
export type Claims = Record<string, unknown>;

/** A private key as a JSON Web Key. */
type Key = { kty: string; kid: string; n: string; e: string };

export interface TokenRequest {
  /** Who the token is for. */
  sub: string;
  /** Seconds it is valid; less than 0 for one that has expired. @default an hour */
  expiresIn?: number;
  /** Scopes, separated by spaces. @default none */
  scope?: string;
}

export interface Tokens {
  /** Issues a token as the authorizer's issuer would. */
  sign(request: TokenRequest, authorization: JwtAuthorization): Promise<string>;
  /** @throws TokenError */
  verify(token: string, authorization: JwtAuthorization): Promise<Claims>;
}

/** A refused token. The message is the one that API Gateway answers. */
export class TokenError extends Error {
  constructor(
    message: string,
    readonly reason: 'invalid_token' | 'insufficient_scope' = 'invalid_token',
  ) {
    super(message);
  }
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/** @param dataDir the key is kept in it, so that tokens outlive a restart */
export function createTokens(dataDir: string): Tokens {
  let key: Promise<Key> | undefined;
  const ownKey = () => {
    key ??= readKey(path.join(dataDir, 'tokens', 'key.json'));
    return key;
  };
  return {
    async sign({ sub, expiresIn = 3600, scope }, { issuer, audience }) {
      const { SignJWT, importJWK } = await import('jose');
      const jwk = await ownKey();
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ ...(scope !== undefined && { scope }) })
        .setProtectedHeader({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' })
        .setSubject(sub)
        .setIssuer(issuer)
        .setAudience(audience[0] ?? [])
        .setIssuedAt(Math.min(now, now + expiresIn))
        .setExpirationTime(now + expiresIn)
        .sign(await importJWK(jwk, 'RS256'));
    },

    async verify(token, { issuer, audience, scopes }) {
      const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
      const { kty, n, e, kid } = await ownKey();
      const keys = createLocalJWKSet({ keys: [{ kty, n, e, kid }] });
      let payload: Claims;
      try {
        ({ payload } = await jwtVerify(token, keys, { algorithms: ALGORITHMS, requiredClaims: ['exp'] }));
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw new TokenError('the token has expired');
        if (error instanceof errors.JOSEError)
          throw new TokenError(`the token is not valid: ${error.message}`);
        // The file exists but has no key in it.
        throw new TokenError('the token is not valid');
      }
      checkClaims(payload, issuer, audience);
      if (scopes.length > 0 && !scopesOf(payload).some((scope) => scopes.includes(scope))) {
        throw new TokenError('the token does not have a required scope', 'insufficient_scope');
      }
      return payload;
    },
  };
}

/** `client_id` counts only if there is no audience, as in the access tokens of Cognito. */
function checkClaims(
  { iss, aud, iat, client_id: clientId }: Claims,
  issuer: string,
  audience: string[],
): void {
  if (iss !== issuer) throw new TokenError('the token does not have a valid issuer');
  const audiences = aud === undefined ? [clientId] : [aud].flat();
  if (!audiences.some((each) => typeof each === 'string' && audience.includes(each))) {
    throw new TokenError('the token does not have a valid audience');
  }
  if (typeof iat === 'number' && iat > Date.now() / 1000)
    throw new TokenError('the token was issued in the future');
}

function scopesOf({ scope, scp }: Claims): string[] {
  const value = scope ?? scp ?? '';
  return Array.isArray(value) ? value.map(String) : String(value).split(' ');
}

async function readKey(file: string): Promise<Key> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key = { ...jwk, kid: await calculateJwkThumbprint(jwk) } as Key;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600 });
  return key;
}
