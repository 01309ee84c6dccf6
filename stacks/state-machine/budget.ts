import { forEachState } from '../catalogue';
import type { Rule } from '../settings/rule';
import { newsOf } from './announcements';
import type { Arns } from './arns';
import { definition, EXECUTION_LIMIT } from './definition';
import { describeDurations, worstCaseSeconds } from './duration';
import { timeoutsOf } from './timeouts';

/** How long the states take doesn't depend on what they call. */
const ANY: Arns = { ...forEachState(() => ''), errorTopic: '', backlogQueue: '', failureQueue: '' };

/** AWS ends an Express execution after five minutes, and no Catch catches that, so the longest execution has to be shorter. */
export const executionFits: Rule = (settings) => {
  const workflow = definition(ANY, timeoutsOf(settings), undefined, newsOf(settings));
  const worst = worstCaseSeconds(workflow);
  if (worst < EXECUTION_LIMIT) return [];
  return [
    {
      path: ['functions'],
      message: `expected a longest execution below ${EXECUTION_LIMIT} s, received ${worst} s (${describeDurations(workflow)}): an Express execution is ended at 300 s without its error path; lower a timeoutSeconds`,
    },
  ];
};
