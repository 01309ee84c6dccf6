/** What signed URLs of thumbnails need: the public keys that the distribution trusts, and where the private key is. */
import { createHash, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { expect, group, integer, list, text } from './expectations';
import { keyArn } from './names';

/** Bits. CloudFront takes no other RSA key: docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKey.html */
const BITS = 2_048;

const HINT = 'docs/delivery.md says how to make one';

/** @returns what is wrong with a text that should be a public key; undefined if nothing is */
function faultOf(pem: string): string | undefined {
  // The message doesn't show the value: it would end up in the log of a build.
  if (/PRIVATE KEY/.test(pem)) {
    return 'expected a public key, received a private key: everyone who reads this file has seen it, so don’t use it; make a new pair and put only its public key here';
  }
  const expected = `expected a public key in PEM, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----"`;
  if (!/^\s*-----BEGIN PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(pem)) {
    return `${expected}, received ${JSON.stringify(pem.slice(0, 40))}: ${HINT}`;
  }
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem.trim());
    const bits = asymmetricKeyDetails?.modulusLength;
    if (asymmetricKeyType === 'rsa' && bits === BITS) return undefined;
    const received = `received ${bits ? `one of ${bits} bits` : `one of type "${asymmetricKeyType}"`}`;
    // CloudFront takes ECDSA too, but each of its signatures differs: no browser could cache what it leads to.
    return `expected an RSA key of ${BITS} bits, ${received}: ${HINT}`;
  } catch (error) {
    return `${expected}, received one that can’t be read (${(error as Error).message}): ${HINT}`;
  }
}

const publicKey = z.string(expect('a public key in PEM')).superRefine((pem, context) => {
  const message = faultOf(pem);
  if (message) context.addIssue({ code: 'custom', message });
});

/**
 * Two texts of the same key have the same one.
 *
 * @param pem a public key, valid
 * @returns SHA-256 of the key, in hexadecimal
 */
export function fingerprintOf(pem: string): string {
  const key = createPublicKey(pem.trim()).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('hex');
}

/**
 * As CloudFront returns it, with a newline at its end: any other spelling would replace the key in each deploy.
 *
 * @param pem a public key, valid
 */
export const canonical = (pem: string): string =>
  String(createPublicKey(pem.trim()).export({ type: 'spki', format: 'pem' }));

export const signing = group({
  publicKeys: list(publicKey, {
    least: 1,
    most: 2,
    identity: (pem) => (faultOf(pem) ? pem : fingerprintOf(pem)),
  }).meta({
    description:
      'The public keys, in PEM, of those who may sign: one, or two while you replace one by the other. RSA with 2,048 bits.',
  }),
  privateKeyParameter: text(
    /^(?!\/?(aws|ssm)([/.-]|$))(?=.{1,900}$)(\/[\w.-]+){1,15}$/i,
    'the name of a parameter that starts with "/", such as "/thumbnail-workflow/viewers-key"',
  )
    .optional()
    .meta({
      description:
        'Name of the SecureString parameter of SSM that holds the private key of one of them, in the region of the stack. You create it; Terraform never reads it. Only the API needs it.',
    }),
  kmsKeyArn: keyArn().optional().meta({
    description:
      'The customer-managed key with which that parameter is encrypted. Without it, the key of SSM (`alias/aws/ssm`).',
  }),
  urlSeconds: integer(60, 604_800).default(3_600).meta({
    description:
      'For how many seconds a URL of the API is valid at most; at least, for half of them. All answers within one half have the same URLs, so that browsers can cache.',
  }),
});
