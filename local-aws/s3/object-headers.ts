import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AwsError } from '../service';
import { customerKey } from './customer-key';
import { invalidArgument, notImplemented } from './errors';

/** Headers that are stored with an object and returned with it. */
const STORED = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-storage-class',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
];

/** Headers that would change what is stored or who may read it, and that are not implemented. */
const REFUSED = /^x-amz-(grant-|object-lock-|website-redirect-location$|write-offset-bytes$)/;

/** S3's limit on the names and values of user metadata together, in bytes. */
const MAX_METADATA = 2048;

/** The storage classes that this endpoint knows. */
const CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
  'GLACIER',
  'DEEP_ARCHIVE',
];

const DEFAULT_TYPE = 'binary/octet-stream';

/**
 * Picks the headers to store with an object.
 *
 * @throws AwsError `MetadataTooLarge`, `AccessControlListNotSupported`, `InvalidArgument`,
 *   `InvalidEncryptionAlgorithmError`, `NotImplemented`
 */
export function storedHeaders(headers: Map<string, string>): Record<string, string> {
  for (const [name, value] of headers) {
    if (REFUSED.test(name)) throw notImplemented(`The header ${name}`);
    if (name === 'x-amz-acl' && value !== 'bucket-owner-full-control') {
      throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
    }
    if (name === 'x-amz-storage-class' && !CLASSES.includes(value)) {
      throw notImplemented(`The storage class ${value}`);
    }
  }
  const stored: Record<string, string> = { 'content-type': DEFAULT_TYPE, ...customerKey(headers) };
  let size = 0;
  for (const [name, value] of headers) {
    if (name.startsWith('x-amz-meta-')) {
      size += name.length - 'x-amz-meta-'.length + value.length;
    }
    if (name.startsWith('x-amz-meta-') || STORED.includes(name)) {
      // A presigned URL carries headers in its query, which may contain any characters.
      checkHeader(name, value);
      stored[name] = value;
    }
  }
  if (size > MAX_METADATA) {
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      {
        Size: String(size),
        MaxSizeAllowed: String(MAX_METADATA),
      },
    );
  }
  return withoutFraming(stored);
}

/** @throws AwsError `InvalidArgument` for a value that can't be a header */
export function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalidArgument('Header value cannot be represented using ISO-8859-1.', name, value);
  }
}

/** Storage class for listings, which name the default too. */
export function storageClass(headers: Record<string, string>): string {
  return headers['x-amz-storage-class'] ?? 'STANDARD';
}

/** `aws-chunked` describes how the body was sent, not what was stored. */
function withoutFraming({ 'content-encoding': encoding, ...stored }: Record<string, string>) {
  const kept = (encoding ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked');
  return kept.length > 0 ? { ...stored, 'content-encoding': kept.join(',') } : stored;
}
