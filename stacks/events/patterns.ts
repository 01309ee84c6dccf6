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
 * Matchers in one list are alternatives, so a prefix and a suffix of the same key can't be asked for side by side. A
 * wildcard asks for both, but EventBridge refuses a rule with about ten of them as too complex. So with a prefix the rule
 * takes whatever is below it, and the state machine tells images by their names.
 */
const keyMatchers = ({ prefix, suffixes }: Keys) =>
  prefix === ''
    ? suffixes.map((suffix) => ({ suffix: { 'equals-ignore-case': `.${suffix}` } }))
    : [{ prefix }];
