/** Which S3 events begin a workflow, as an EventBridge event pattern. */

/**
 * Matchers in one list are alternatives. A prefix and a suffix of the same key can only be asked for together by
 * `wildcard`, which knows no `equals-ignore-case`: then a suffix matches in lower, UPPER and Capitalised case.
 *
 * @param bucket name of the upload bucket
 * @param uploads suffixes are lower case and without the dot
 * @returns the pattern, ready for `JSON.stringify`
 */
export function uploadPattern(bucket: string, uploads: { prefix: string; suffixes: string[] }) {
  const key =
    uploads.prefix === ''
      ? uploads.suffixes.map((suffix) => ({ suffix: { 'equals-ignore-case': `.${suffix}` } }))
      : uploads.suffixes
          .flatMap(letterCases)
          .map((suffix) => ({ wildcard: `${escapeWildcard(uploads.prefix)}*.${suffix}` }));
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, object: { key, size: [{ numeric: ['>', 0] }] } },
  };
}

function letterCases(suffix: string): string[] {
  const capitalised = suffix.charAt(0).toUpperCase() + suffix.slice(1);
  return [...new Set([suffix, suffix.toUpperCase(), capitalised])];
}

function escapeWildcard(prefix: string): string {
  return prefix.replace(/[*\\]/g, '\\$&');
}
