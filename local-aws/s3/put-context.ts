/** The condition keys of `s3:PutObject`, which every request that writes an object or a part of one asks for. */

/**
 * Headers of the same name as a condition key. A key that the request has no header for is not in the context, even if the bucket's
 * default encryption applies.
 *
 * Source: docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const HEADERS = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
  'if-none-match',
];

/** What a policy may make a write depend on. */
export const PUT_CONDITION_KEYS = HEADERS.map((name) => `s3:${name}`);

/** @returns undefined if the request has none of these headers */
export function putContext(headers: Map<string, string>): Record<string, string> | undefined {
  const found = HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [[`s3:${name}`, value] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
