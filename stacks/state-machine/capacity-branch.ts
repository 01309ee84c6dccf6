/**
 * An event that finds no free concurrency, or whose object S3 doesn't show yet, waits in the backlog queue. Without capacity it fails
 * only after a day; Validate decides how long an object is waited for.
 */
import type { News } from './announcements';
import { backToBackfill, toBackfill } from './backfill-branch';
import { orElse, present, sendTask } from './task-state';

/** Seconds that an event first waits in the backlog. The resume function sets every wait after that. */
const FIRST_WAIT = 60;

/**
 * The resume function adds `backlog` to an event that it takes from the queue. After a day it also adds
 * `backlog.expired` and the `error` that the event fails with. The workflow then starts at Quarantine, so an expired event
 * gets here only if Quarantine is throttled too.
 */
/** @param seconds that one attempt to send may take */
export function capacityBranch(backlogQueue: string, seconds: number, { backfill }: News) {
  return {
    CheckBacklog: {
      Type: 'Choice',
      Comment: 'Did the event come from the backlog queue?',
      Choices: [
        { ...present('$.backlog.expired'), Next: 'DescribeFailure' },
        { ...present('$.backlog'), Next: 'StayInBacklog' },
        ...(backfill ? [toBackfill] : []),
      ],
      Default: 'SendToBacklog',
    },
    SendToBacklog: {
      Comment: 'Not a failure: the event is tried again as soon as there is capacity, and its object.',
      ...sendTask(
        {
          QueueUrl: backlogQueue,
          'MessageBody.$': '$$.Execution.Input',
          DelaySeconds: FIRST_WAIT,
        },
        seconds,
      ),
      Catch: [orElse('DescribeFailure', '$.handlingError')],
      End: true,
    },
    StayInBacklog: {
      Type: 'Fail',
      Comment: 'The event is still in the backlog queue. The resume function makes it wait longer.',
      Error: 'StillWaiting',
      Cause: 'Every attempt was throttled, or S3 does not show the object yet.',
    },
    ...(backfill && backToBackfill()),
  };
}
