/** Which S3 events start the workflow, as EventBridge event patterns ready for `JSON.stringify`. */

/** Which keys are named like images. Suffixes are lower case and without the dot. */
export interface Keys {
  prefix: string;
  suffixes: string[];
}

/** An object was created. Empty ones count too: Validate refuses them as `EmptyObject`, and someone is notified. */
export const createdPattern = (bucket: string, keys: Keys) => pattern('Object Created', bucket, keys);

/** An object or one of its versions was deleted, or a delete marker hides it. */
export const deletedPattern = (bucket: string, keys: Keys) => pattern('Object Deleted', bucket, keys);

const pattern = (detailType: string, bucket: string, keys: Keys) => ({
  source: ['aws.s3'],
  'detail-type': [detailType],
  detail: { bucket: { name: [bucket] }, object: { key: keyMatchers(keys) } },
});

/**
 * The matchers in a list are alternatives, so a list can't require a prefix and a suffix at once. A wildcard can, but
 * EventBridge refuses a rule with about ten of them as too complex. So with a prefix the rule matches every key below it,
 * and the first state of the workflow looks at the suffix.
 */
const keyMatchers = ({ prefix, suffixes }: Keys) =>
  prefix === ''
    ? suffixes.map((suffix) => ({ suffix: { 'equals-ignore-case': `.${suffix}` } }))
    : [{ prefix }];
