/**
 * Objects encrypted with a key from the caller (SSE-C). S3 stores only the key's MD5, and needs the key for every request
 * that reads the object. This endpoint stores the bytes unencrypted, but refuses requests as S3 does.
 *
 * docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../service';
import { invalidArgument, invalidRequest } from './errors';

const NAME = 'server-side-encryption-customer-';
const ALGORITHM = `x-amz-${NAME}algorithm`;
const KEY_MD5 = `x-amz-${NAME}key-md5`;

/** What is stored with the object and returned with it. */
export const CUSTOMER_KEY_HEADERS = [ALGORITHM, KEY_MD5];

/** Length of an AES-256 key in bytes. */
const KEY_LENGTH = 32;

/**
 * The key in a request, as it is stored with an object; empty if the request has none.
 *
 * @param of `x-amz-copy-source-` for the key of a copy's source
 * @throws AwsError `InvalidEncryptionAlgorithmError`, `InvalidArgument`
 */
export function customerKey(headers: Map<string, string>, of = 'x-amz-'): Record<string, string> {
  const given = (name: string) => headers.get(`${of}${NAME}${name}`);
  const [algorithm, key, md5] = [given('algorithm'), given('key'), given('key-md5')];
  if (algorithm === undefined && key === undefined && md5 === undefined) return {};
  if (algorithm !== 'AES256') {
    throw new AwsError(
      'InvalidEncryptionAlgorithmError',
      'The encryption request you specified is not valid. The valid value is AES256.',
      400,
    );
  }
  const wrong = (message: string) => invalidArgument(message, `${of}${NAME}key`, '');
  const bytes = Buffer.from(key ?? '', 'base64');
  if (key === undefined) {
    throw wrong(
      'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.',
    );
  }
  if (bytes.length !== KEY_LENGTH) throw wrong('The secret key was invalid for the specified algorithm.');
  if (createHash('md5').update(bytes).digest('base64') !== md5) {
    throw wrong('The calculated MD5 hash of the key did not match the hash that was provided.');
  }
  return { [ALGORITHM]: algorithm, [KEY_MD5]: md5 };
}

/**
 * Refuses to read an object without its key.
 *
 * @param stored headers of the object
 * @param given what {@link customerKey} found in the request
 * @throws AwsError `InvalidRequest`, `AccessDenied`
 */
export function checkCustomerKey(stored: Record<string, string>, given: Record<string, string>): void {
  const [expected, received] = [stored[KEY_MD5], given[KEY_MD5]];
  if (expected === received) return;
  if (expected === undefined) {
    throw invalidRequest('The encryption parameters are not applicable to this object.');
  }
  if (received === undefined) {
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  throw new AwsError('AccessDenied', 'Access Denied', 403);
}
