/** Rules between settings: values that are valid on their own, but that AWS or the workflow can't take together. */
import { BACKFILL_RULES } from './backfill-rules';
import { BUCKET_RULES } from './bucket-rules';
import { CAPACITY_RULES } from './capacity-rules';
import { DELIVERY_RULES } from './delivery-rules';
import type { Problem } from './problems';
import { bucketOfTheStack, type Rule, rule, ruleForEach } from './rule';
import type { Settings } from './schema';

/** Bytes. Lambda's environment holds 4 KB, and the other variables of a function take less than 1 KB of it. */
const PRESETS_LIMIT = 3072;

/** docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const INFREQUENT_ACCESS_DAYS = 30;

/** The function that makes variants on request finds originals by their names, so its environment holds more. */
const hasLazyVariants = ({ presets }: Settings) =>
  presets.some(({ variants }) => variants.some(({ lazy }) => lazy));

function environmentBytes(settings: Settings): number {
  const { presets, thumbnails, uploads } = settings;
  const names = [
    thumbnails.prefix,
    ...(hasLazyVariants(settings) ? [uploads.prefix, uploads.suffixes.join()] : []),
  ];
  return Buffer.byteLength(JSON.stringify(presets) + names.join(''));
}

const RULES: readonly Rule[] = [
  // An upload that starts the workflow and has no preset could only fail.
  rule(
    'presets',
    ({ presets, uploads }) => !presets.some(({ prefix }) => uploads.prefix.startsWith(prefix)),
    ({ presets, uploads }) =>
      `expected a preset for every key that starts with uploads.prefix "${uploads.prefix}", received presets for ${presets.map(({ prefix }) => `"${prefix}"`).join(', ')}: give one of them the prefix ${uploads.prefix === '' ? '""' : `"${uploads.prefix}" or ""`}`,
  ),
  ruleForEach(
    ({ presets }) =>
      presets.map(({ prefix }, index) => ({
        prefix,
        index,
        first: presets.findIndex((preset) => preset.prefix === prefix),
      })),
    ({ index }) => ['presets', index, 'prefix'],
    ({ index, first }) => first < index,
    ({ prefix, first }) =>
      `expected a prefix of its own, received "${prefix}", which presets[${first}] has already`,
  ),
  rule(
    'presets',
    (settings) => environmentBytes(settings) > PRESETS_LIMIT,
    (settings) =>
      `expected at most ${PRESETS_LIMIT} bytes as JSON with defaults and thumbnails.prefix${hasLazyVariants(settings) ? ', uploads.prefix and uploads.suffixes' : ''}, received ${environmentBytes(settings)}: they travel in Lambda's environment of 4 KB; use fewer variants or shorter names and prefixes`,
  ),
  rule(
    'emptyBucketsOnDestroy',
    ({ deletionProtection, emptyBucketsOnDestroy }) => deletionProtection && emptyBucketsOnDestroy,
    () =>
      'expected deletionProtection to be false, received true: destroy would delete every image and then stop at the protected table; set one of the two to false',
  ),
  rule(
    'lifecycle.originals.afterDays',
    ({ lifecycle: { originals } }) =>
      originals.transition === 'STANDARD_IA' && originals.afterDays < INFREQUENT_ACCESS_DAYS,
    ({ lifecycle: { originals } }) =>
      `expected at least ${INFREQUENT_ACCESS_DAYS} for the transition to "STANDARD_IA", received ${originals.afterDays}: S3 refuses less; "INTELLIGENT_TIERING" takes any number of days`,
  ),
  // Terraform reads its state before it creates anything.
  rule(
    'backend.bucket',
    (settings) => bucketOfTheStack(settings, settings.backend?.bucket) !== undefined,
    ({ backend }) =>
      `expected a bucket that exists before the stack, received "${backend?.bucket}", which is one of its own: the first deploy could not read its state, and destroy would delete it`,
  ),
  ...BUCKET_RULES,
  ...CAPACITY_RULES,
  ...DELIVERY_RULES,
  ...BACKFILL_RULES,
];

/**
 * @param rules besides those of the settings themselves
 * @returns every conflict between settings that are each valid
 */
export const conflictsIn = (settings: Settings, rules: readonly Rule[]): Problem[] =>
  [...RULES, ...rules].flatMap((find) => find(settings));
