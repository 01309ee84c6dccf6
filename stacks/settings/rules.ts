/** Rules between settings: what each value allows on its own, and AWS would refuse together. */
import { createdPattern } from '../object-events/patterns';
import { type Arns, definition, EXECUTION_LIMIT } from '../state-machine/definition';
import { describeDurations, worstCaseSeconds } from '../state-machine/duration';
import type { Problem } from './problems';
import type { Settings } from './schema';
import { timeoutsOf } from './timeouts';

/** Lambda's environment holds 4 KB; the other variables of a function take less than 1 KB of it. */
const PRESETS_LIMIT = 3072;

/** Characters an EventBridge event pattern may have (EventBridge quotas). */
const PATTERN_LIMIT = 2048;

/** A bucket name at its longest. */
const BUCKET = 'b'.repeat(63);

type Rule = (settings: Settings) => Problem[];

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

const presetsFitTheEnvironment: Rule = ({ presets }) => {
  const bytes = Buffer.byteLength(JSON.stringify(presets));
  return bytes <= PRESETS_LIMIT
    ? []
    : [
        {
          path: ['presets'],
          message: `expected at most ${PRESETS_LIMIT} bytes as JSON with defaults, received ${bytes}: they travel in Lambda's environment of 4 KB; use fewer variants or shorter names and prefixes`,
        },
      ];
};

const patternFits: Rule = ({ uploads }) => {
  const characters = JSON.stringify(createdPattern(BUCKET, uploads)).length;
  return characters <= PATTERN_LIMIT
    ? []
    : [
        {
          path: ['uploads'],
          message: `expected an event pattern of at most ${PATTERN_LIMIT} characters, received ${characters}: shorten uploads.prefix or list fewer uploads.suffixes (with a prefix, each suffix takes three matchers)`,
        },
      ];
};

/** Whatever the states call takes as long as it may. */
const ANYTHING: Arns = {
  validate: '',
  thumbnail: '',
  storeMetadata: '',
  notify: '',
  quarantine: '',
  remove: '',
  errorTopic: '',
  backlogQueue: '',
  failureQueue: '',
};

const executionFits: Rule = (settings) => {
  const workflow = definition(ANYTHING, timeoutsOf(settings));
  const worst = worstCaseSeconds(workflow);
  return worst < EXECUTION_LIMIT
    ? []
    : [
        {
          path: ['functions'],
          message: `expected a longest execution below ${EXECUTION_LIMIT} s, received ${worst} s (${describeDurations(workflow)}): an Express execution is ended at 300 s without its error path; lower a timeoutSeconds`,
        },
      ];
};

/** What a mapping receives beyond the concurrency of its function would be throttled, and received in vain. */
const backlogFitsItsFunction: Rule = ({ backlog, functions: { resume } }) =>
  resume.reservedConcurrency === undefined || resume.reservedConcurrency >= backlog.concurrency
    ? []
    : [
        {
          path: ['functions', 'resume', 'reservedConcurrency'],
          message: `expected at least backlog.concurrency, which is ${backlog.concurrency}, received ${resume.reservedConcurrency}: Lambda would throttle what the queue delivers`,
        },
      ];

const RULES = [
  everyUploadHasAPreset,
  presetPrefixesDiffer,
  presetsFitTheEnvironment,
  patternFits,
  executionFits,
  backlogFitsItsFunction,
];

/** @returns every conflict between settings that are each valid. */
export const conflictsIn: Rule = (settings) => RULES.flatMap((rule) => rule(settings));
