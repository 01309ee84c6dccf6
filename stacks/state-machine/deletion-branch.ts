/** What follows the deletion of an object, or of one of its versions. */
import type { Arns, FunctionTimeouts } from './definition';
import { functionTask, orElse, sendTask } from './task-state';

export function deletionBranch(arns: Arns, timeouts: FunctionTimeouts) {
  return {
    Remove: {
      ...functionTask(arns.remove, timeouts.remove, 'removal', 'Thumbnails go with their object.'),
      Next: 'WhatIsLeft',
    },
    WhatIsLeft: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.removal.outcome', StringEquals: 'REMOVED', Next: 'Removed' },
        { Variable: '$.removal.outcome', StringEquals: 'RESTORED', Next: 'ProcessAgain' },
      ],
      Default: 'Kept',
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
