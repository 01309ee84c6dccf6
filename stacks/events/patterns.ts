/** Which S3 events begin a workflow, as EventBridge event patterns ready for `JSON.stringify`. */

/** Keys that are images, by name. Suffixes are lower case and without the dot. */
export interface Keys {
  prefix: string;
  suffixes: string[];
}

/** An object was created that is not empty. */
export function createdPattern(bucket: string, keys: Keys) {
  return pattern('Object Created', bucket, { key: keyMatchers(keys), size: [{ numeric: ['>', 0] }] });
}

/** An object or a version of one was deleted, or a delete marker put over it. Such an event has no size. */
export function deletedPattern(bucket: string, keys: Keys) {
  return pattern('Object Deleted', bucket, { key: keyMatchers(keys) });
}

function pattern<Matchers>(detailType: string, bucket: string, object: Matchers) {
  return {
    source: ['aws.s3'],
    'detail-type': [detailType],
    detail: { bucket: { name: [bucket] }, object },
  };
}

/**
 * Matchers in one list are alternatives. A prefix and a suffix of the same key can only be asked for together by
 * `wildcard`, which knows no `equals-ignore-case`: then a suffix matches in lower, UPPER and Capitalised case.
 */
function keyMatchers({ prefix, suffixes }: Keys) {
  return prefix === ''
    ? suffixes.map((suffix) => ({ suffix: { 'equals-ignore-case': `.${suffix}` } }))
    : suffixes.flatMap(letterCases).map((suffix) => ({ wildcard: `${escapeWildcard(prefix)}*.${suffix}` }));
}

function letterCases(suffix: string): string[] {
  const capitalised = suffix.charAt(0).toUpperCase() + suffix.slice(1);
  return [...new Set([suffix, suffix.toUpperCase(), capitalised])];
}

function escapeWildcard(prefix: string): string {
  return prefix.replace(/[*\\]/g, '\\$&');
}
