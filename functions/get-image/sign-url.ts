import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import type { SigningKey } from './signing-key';

/**
 * When a URL that is signed now expires. Time is divided into halves of a lifetime: within one of them the answer is the
 * same, so that a URL stays the same as well, and caches can use it.
 *
 * @param now Unix milliseconds
 * @param seconds for which a URL is valid at most; at least, it is for half of them
 * @returns Unix seconds
 */
export function expiryOf(now: number, seconds: number): number {
  const half = seconds / 2;
  return Math.floor(Math.floor(now / 1_000 / half) * half + seconds);
}

/**
 * With an RSA key, the same arguments always give the same URL.
 *
 * @param url with a path in which nothing has to be encoded
 * @param expiry Unix seconds
 */
export const signedUrl = (url: string, { keyPairId, privateKey }: SigningKey, expiry: number): string =>
  getSignedUrl({ url, keyPairId, privateKey, dateLessThan: new Date(expiry * 1_000).toISOString() });
