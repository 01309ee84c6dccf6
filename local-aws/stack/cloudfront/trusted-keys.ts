/** The keys that may sign for a behavior. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import type { TrustedKey } from '../../cloudfront/model';
import { text } from '../arguments';
import type { Block } from '../block';
import { texts } from '../nested';

export interface Keys {
  publicKeys: Map<string, Block>;
  keyGroups: Map<string, Block>;
}

/**
 * @param groups ids of key groups
 * @throws Error for a group or a key that isn't in the stack, and for a key that CloudFront doesn't take
 */
export function trustedKeys(groups: string[], { publicKeys, keyGroups }: Keys): TrustedKey[] {
  const ids = groups.flatMap((id) => {
    const group = keyGroups.get(id);
    if (!group)
      throw new Error(`Expected a key group of the stack for trusted_key_groups but received ${id}`);
    return texts(group.get('items'));
  });
  return ids.map((id) => {
    const key = publicKeys.get(id);
    if (!key) throw new Error(`Expected a public key of the stack in a key group but received ${id}`);
    return { id, pem: pemOf(key) };
  });
}

function pemOf(block: Block): string {
  const pem = text(block, 'encoded_key');
  let key: KeyObject;
  try {
    // Of a private key, Node.js would take the public half.
    if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) throw new Error('it is no public key in PEM');
    key = createPublicKey(pem);
  } catch (error) {
    throw new Error(
      `${block.address}: Expected a public key for encoded_key but can't read it: ${(error as Error).message}`,
    );
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  // docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKey.html
  if ((key.asymmetricKeyType === 'rsa' && modulusLength === 2_048) || namedCurve === 'prime256v1') return pem;
  throw new Error(
    `${block.address}: Expected a key of type RSA 2048 or ECDSA 256 but received ${key.asymmetricKeyType} ${modulusLength ?? namedCurve ?? ''}`,
  );
}
