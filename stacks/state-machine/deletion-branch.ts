/** What follows the deletion of an object, or of one of its versions. */
import type { Arns, FunctionTimeouts } from './definition';
import { functionTask, orElse, present, sendTask } from './task-state';

export function deletionBranch(arns: Arns, timeouts: FunctionTimeouts) {
  return {
    Remove: {
      ...functionTask(arns.remove, timeouts.remove, 'removal', 'Thumbnails go with their object.'),
      Next: 'WhatIsLeft',
    },
    WhatIsLeft: {
      Type: 'Choice',
      Choices: [
        outcome('REMOVED', 'Removed'),
        outcome('KEPT', 'Kept'),
        outcome('RESTORED', 'ProcessAgain', present('$.removal.restored')),
      ],
      Default: 'NoOutcome',
    },
    NoOutcome: {
      Type: 'Pass',
      Result: { Error: 'InvalidAnswer', Cause: 'Remove ran, and answered something else than an outcome.' },
      ResultPath: '$.error',
      Next: 'Quarantine',
    },
    Removed: { Type: 'Succeed', Comment: 'No object and no thumbnails: the record is a tombstone.' },
    Kept: { Type: 'Succeed', Comment: 'The deletion concerned a version that is not the current one.' },
    ProcessAgain: {
      Comment: 'It brought an earlier version back: an execution of its own makes the thumbnails of that.',
      ...sendTask({ QueueUrl: arns.backlogQueue, 'MessageBody.$': '$.removal.restored' }),
      Catch: [orElse('Quarantine')],
      End: true,
    },
  };
}

/** Asks whether the outcome is there first: a comparison with nothing would end the execution without any Catch. */
const outcome = (value: string, next: string, ...more: object[]) => ({
  And: [present('$.removal.outcome'), { Variable: '$.removal.outcome', StringEquals: value }, ...more],
  Next: next,
});
