/** What becomes of an event for which no concurrency was free: it waits, and only after a day it is a failure. */
import { orElse, sendTask } from './task-state';

/** Seconds an event waits in the backlog at first; from then on the resume function says. */
const FIRST_WAIT = 60;

/**
 * The resume function adds `backlog` to an event that comes out of the queue, with `expired` where it has waited for
 * a day. Such an execution goes to GiveUp first, so that only a throttled Quarantine brings it here.
 */
export function capacityBranch(backlogQueue: string) {
  return {
    NoCapacity: {
      Type: 'Choice',
      Comment: 'Did it come out of the backlog?',
      Choices: [
        { Variable: '$.backlog.expired', IsPresent: true, Next: 'DescribeFailure' },
        { Variable: '$.backlog', IsPresent: true, Next: 'StillNoCapacity' },
      ],
      Default: 'WaitInBacklog',
    },
    WaitInBacklog: {
      Comment: 'Not a failure: the event is done when there is capacity.',
      ...sendTask({
        QueueUrl: backlogQueue,
        'MessageBody.$': '$$.Execution.Input',
        DelaySeconds: FIRST_WAIT,
      }),
      Catch: [orElse('DescribeFailure', '$.handlingError')],
      Next: 'Waiting',
    },
    Waiting: { Type: 'Succeed', Comment: 'In the backlog queue.' },
    StillNoCapacity: {
      Type: 'Fail',
      Comment: 'It is in the backlog still: the resume function lets it wait longer.',
      Error: 'NoCapacity',
      Cause: 'Every attempt was throttled.',
    },
    GiveUp: {
      Type: 'Pass',
      Comment: 'It has waited for a day: now it is a failure, with a name of its own.',
      Parameters: {
        Error: 'CapacityExhausted',
        'Cause.$':
          "States.Format('No capacity was free since {}, at {} attempts. Raise the concurrency of the functions or of the account.', $.backlog.since, $.backlog.attempts)",
      },
      ResultPath: '$.error',
      Next: 'Quarantine',
    },
  };
}
