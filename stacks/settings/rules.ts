/** Rules between settings: what each value allows on its own, and AWS would refuse together. */
import { BUCKET_RULES } from './bucket-rules';
import { CAPACITY_RULES } from './capacity-rules';
import { DELIVERY_RULES } from './delivery-rules';
import type { Problem } from './problems';
import type { Settings } from './schema';

/** Lambda's environment holds 4 KB; the other variables of a function take less than 1 KB of it. */
const PRESETS_LIMIT = 3072;

/** Finds what is wrong between settings that are each valid. */
export type Rule = (settings: Settings) => Problem[];

/** A key that begins a workflow and has no preset could only fail. */
const everyUploadHasAPreset: Rule = ({ presets, uploads }) =>
  presets.some((preset) => uploads.prefix.startsWith(preset.prefix))
    ? []
    : [
        {
          path: ['presets'],
          message: `expected a preset for every key that starts with uploads.prefix "${uploads.prefix}", received presets for ${presets.map(({ prefix }) => `"${prefix}"`).join(', ')}: give one of them the prefix "${uploads.prefix}" or ""`,
        },
      ];

const presetPrefixesDiffer: Rule = ({ presets }) =>
  presets.flatMap(({ prefix }, index) => {
    const first = presets.findIndex((preset) => preset.prefix === prefix);
    return first === index
      ? []
      : [
          {
            path: ['presets', index, 'prefix'],
            message: `expected a prefix of its own, received "${prefix}", which presets[${first}] has already`,
          },
        ];
  });

const presetsFitTheEnvironment: Rule = ({ presets, thumbnails, uploads }) => {
  // What makes variants on request finds originals by their names, so that it is told of those too.
  const lazy = presets.some(({ variants }) => variants.some((variant) => variant.lazy));
  const others = [thumbnails.prefix, ...(lazy ? [uploads.prefix, uploads.suffixes.join()] : [])];
  const bytes = Buffer.byteLength(JSON.stringify(presets) + others.join(''));
  const named = `thumbnails.prefix${lazy ? ', uploads.prefix and uploads.suffixes' : ''}`;
  return bytes <= PRESETS_LIMIT
    ? []
    : [
        {
          path: ['presets'],
          message: `expected at most ${PRESETS_LIMIT} bytes as JSON with defaults and ${named}, received ${bytes}: they travel in Lambda's environment of 4 KB; use fewer variants or shorter names and prefixes`,
        },
      ];
};

const destroyIsAllOrNothing: Rule = ({ deletionProtection, emptyBucketsOnDestroy }) =>
  deletionProtection && emptyBucketsOnDestroy
    ? [
        {
          path: ['emptyBucketsOnDestroy'],
          message:
            'expected deletionProtection to be false, received true: destroy would delete every image and then stop at the protected table; set one of the two to false',
        },
      ]
    : [];

/** docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const INFREQUENT_ACCESS_DAYS = 30;

const transitionIsAllowed: Rule = ({ lifecycle: { originals } }) =>
  originals.transition === 'STANDARD_IA' && originals.afterDays < INFREQUENT_ACCESS_DAYS
    ? [
        {
          path: ['lifecycle', 'originals', 'afterDays'],
          message: `expected at least ${INFREQUENT_ACCESS_DAYS} for the transition to "STANDARD_IA", received ${originals.afterDays}: S3 refuses less; "INTELLIGENT_TIERING" takes any number of days`,
        },
      ]
    : [];

/** Terraform reads its state before it makes anything. */
const stateIsElsewhere: Rule = ({ backend, namePrefix }) =>
  backend && new RegExp(`^${namePrefix}-(uploads|thumbnails|quarantine)-\\d{12}-`).test(backend.bucket)
    ? [
        {
          path: ['backend', 'bucket'],
          message: `expected a bucket that exists before the stack, received "${backend.bucket}", which is one of its own: the first deploy could not read its state, and destroy would delete it`,
        },
      ]
    : [];

const RULES: readonly Rule[] = [
  everyUploadHasAPreset,
  presetPrefixesDiffer,
  presetsFitTheEnvironment,
  destroyIsAllOrNothing,
  transitionIsAllowed,
  stateIsElsewhere,
  ...BUCKET_RULES,
  ...CAPACITY_RULES,
  ...DELIVERY_RULES,
];

/** @returns every conflict between settings that are each valid */
export const conflictsIn = (settings: Settings, rules: readonly Rule[]): Problem[] =>
  [...RULES, ...rules].flatMap((rule) => rule(settings));
