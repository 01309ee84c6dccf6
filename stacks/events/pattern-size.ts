import { type Rule, rule } from '../settings/rule';
import type { Settings } from '../settings/schema';
import { createdPattern } from './patterns';

/** Characters that an EventBridge event pattern may have (EventBridge quotas). */
const PATTERN_LIMIT = 2048;

/** A bucket name at its longest. */
const BUCKET = 'b'.repeat(63);

const charactersOf = ({ uploads }: Settings) => JSON.stringify(createdPattern(BUCKET, uploads)).length;

export const patternFits: Rule = rule(
  'uploads',
  (settings) => charactersOf(settings) > PATTERN_LIMIT,
  (settings) =>
    `expected an event pattern of at most ${PATTERN_LIMIT} characters, received ${charactersOf(settings)}: shorten uploads.prefix or list fewer uploads.suffixes (with a prefix, each suffix takes three matchers)`,
);
