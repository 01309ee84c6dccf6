/** Objects encrypted with a KMS key: which key it is, whether the caller may use it, and the headers about it. */

import { randomBytes } from 'node:crypto';
import type { KeyAction } from '../kms';
import { AwsError } from '../service';
import { CUSTOMER_KEY_HEADERS } from './customer-key';
import { notImplemented } from './errors';
import type { Exchange } from './exchange';
import type { Digests } from './store/content';

const ALGORITHM = 'x-amz-server-side-encryption';
const KEY = 'x-amz-server-side-encryption-aws-kms-key-id';
const BUCKET_KEY = 'x-amz-server-side-encryption-bucket-key-enabled';

type Headers = Record<string, string>;

/**
 * Adds the encryption of a new object to its headers: that of its request, or else that of its bucket.
 *
 * @throws AwsError `KMS.NotFoundException`, `NotImplemented`
 */
export function withEncryption({ service, bucket }: Exchange, headers: Headers): Headers {
  if (isCustomers(headers)) return headers;
  const algorithm = headers[ALGORITHM] ?? (bucket.encryption ? 'aws:kms' : 'AES256');
  if (algorithm === 'AES256' || !service.findKey) return { ...headers, [ALGORITHM]: algorithm };
  if (algorithm !== 'aws:kms') throw notImplemented(`The encryption ${algorithm}`);
  const { key: usual, bucketKey = false } = bucket.encryption ?? {};
  const reference = headers[KEY] ?? usual;
  if (reference === undefined) throw notImplemented('The encryption aws:kms without a key');
  const key = service.findKey(reference);
  if (!key) throw new AwsError('KMS.NotFoundException', `Key '${reference}' does not exist`, 400);
  const { [BUCKET_KEY]: asked = String(bucketKey), ...others } = headers;
  return {
    ...others,
    [ALGORITHM]: algorithm,
    [KEY]: key,
    ...(asked === 'true' && { [BUCKET_KEY]: 'true' }),
  };
}

/** The headers of an answer that say how an object is encrypted. */
export function encryptionHeaders(stored: Headers): Headers {
  return Object.fromEntries(
    [ALGORITHM, KEY, BUCKET_KEY, ...CUSTOMER_KEY_HEADERS].flatMap((name) =>
      stored[name] ? [[name, stored[name]]] : [],
    ),
  );
}

/**
 * Checks whether the caller may use the key with which an object is, or will be, encrypted.
 *
 * @param object with the headers that are stored with it
 */
export async function allowKey(
  { service, authenticated }: Exchange,
  actions: KeyAction[],
  { bucket, key, headers }: { bucket: string; key: string; headers: Headers },
): Promise<void> {
  const arn = `arn:aws:s3:::${bucket}`;
  await service.useKey?.(authenticated.principal, keyOf(headers), actions, {
    'aws:s3:arn': headers[BUCKET_KEY] ? arn : `${arn}/${key}`,
  });
}

/**
 * ETag of content that was written in one piece. With a KMS key or a key from the caller it doesn't depend on the content,
 * and is different each time. Source: docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export function etagFor(headers: Headers, { md5 }: Digests): string {
  return keyOf(headers) || isCustomers(headers) ? randomBytes(16).toString('hex') : md5.toString('hex');
}

const isCustomers = (headers: Headers) => CUSTOMER_KEY_HEADERS.some((name) => headers[name] !== undefined);

const keyOf = (headers: Headers): string | undefined =>
  headers[ALGORITHM]?.startsWith('aws:kms') ? headers[KEY] : undefined;
