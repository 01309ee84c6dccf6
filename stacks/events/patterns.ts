/** Which S3 events begin a workflow, as EventBridge event patterns ready for `JSON.stringify`. */

/** Keys that are images, by name. Suffixes are lower case and without the dot. */
export interface Keys {
  prefix: string;
  suffixes: string[];
}

/** An object was created, an empty one too: Validate refuses it by its name rather than in silence. */
export const createdPattern = (bucket: string, keys: Keys) => pattern('Object Created', bucket, keys);

/** An object or a version of one was deleted, or a delete marker put over it. */
export const deletedPattern = (bucket: string, keys: Keys) => pattern('Object Deleted', bucket, keys);

const pattern = (detailType: string, bucket: string, keys: Keys) => ({
  source: ['aws.s3'],
  'detail-type': [detailType],
  detail: { bucket: { name: [bucket] }, object: { key: keyMatchers(keys) } },
});

/**
 * Matchers in one list are alternatives, so a prefix and a suffix of the same key can't be asked for side by side. A
 * wildcard asks for both, but EventBridge refuses a rule with about ten of them as too complex. So with a prefix the rule
 * takes whatever is below it, and the state machine tells images by their names.
 */
const keyMatchers = ({ prefix, suffixes }: Keys) =>
  prefix === ''
    ? suffixes.map((suffix) => ({ suffix: { 'equals-ignore-case': `.${suffix}` } }))
    : [{ prefix }];
