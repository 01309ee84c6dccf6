import type { Rule } from '../settings/rules';
import { createdPattern } from './patterns';

/** Characters that an EventBridge event pattern may have (EventBridge quotas). */
const PATTERN_LIMIT = 2048;

/** A bucket name at its longest. */
const BUCKET = 'b'.repeat(63);

export const patternFits: Rule = ({ uploads }) => {
  const characters = JSON.stringify(createdPattern(BUCKET, uploads)).length;
  if (characters <= PATTERN_LIMIT) return [];
  return [
    {
      path: ['uploads'],
      message: `expected an event pattern of at most ${PATTERN_LIMIT} characters, received ${characters}: shorten uploads.prefix or list fewer uploads.suffixes (with a prefix, each suffix takes three matchers)`,
    },
  ];
};
