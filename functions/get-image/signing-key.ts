/** The private key that signs URLs: which public key it belongs to, and how long an instance of the function keeps it. */
import { createHash, createPublicKey } from 'node:crypto';

export interface SigningKey {
  /** The id that CloudFront gave to its public key. */
  keyPairId: string;
  /** In PEM. */
  privateKey: string;
}

/**
 * @param privateKey as the parameter holds it
 * @param keyIds ids of the public keys that the CDN trusts, by fingerprint (SHA-256 in hexadecimal)
 * @param parameter its name, for the message
 * @throws Error if it is no private key, or the CDN doesn't trust it
 */
export function signingKey(
  privateKey: string,
  keyIds: Readonly<Record<string, string>>,
  parameter: string,
): SigningKey {
  const fingerprint = createHash('sha256').update(publicKeyOf(privateKey, parameter)).digest('hex');
  const keyPairId = keyIds[fingerprint];
  if (keyPairId) return { keyPairId, privateKey };
  throw new Error(
    `Expected the parameter ${parameter} to hold the private key of one of delivery.signing.publicKeys (${Object.keys(keyIds).join(', ')}) but received the key of another (${fingerprint}): the CDN would refuse what it signs. Deploy its public key first, or put the right key into the parameter.`,
  );
}

function publicKeyOf(privateKey: string, parameter: string): Buffer {
  try {
    if (!privateKey.includes('PRIVATE KEY-----')) throw new Error('no "PRIVATE KEY" in it');
    return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  } catch (error) {
    // The message doesn't show the value.
    throw new Error(
      `Expected the parameter ${parameter} to hold a private key in PEM but can't read it: ${(error as Error).message}`,
    );
  }
}

/** Milliseconds after which an instance reads the key again, and so notices that it was replaced. */
export const KEPT_FOR = 5 * 60_000;

/** Milliseconds until the next attempt after a failed one. */
export const AGAIN_AFTER = 30_000;

/**
 * Keeps what was read last. If it can't be read again, the old key goes on signing, for the CDN still trusts it.
 *
 * @param now Unix milliseconds
 * @throws whatever `read` throws, as long as it never succeeded
 */
export function keep(
  read: () => Promise<SigningKey>,
  now: () => number = Date.now,
): () => Promise<SigningKey> {
  let kept: SigningKey | undefined;
  let until = 0;
  return async () => {
    if (kept && now() < until) return kept;
    try {
      kept = await read();
      until = now() + KEPT_FOR;
    } catch (error) {
      if (!kept) throw error;
      console.warn(`The earlier key goes on signing: ${(error as Error).message}`);
      until = now() + AGAIN_AFTER;
    }
    return kept;
  };
}
