/**
 * The workflow, as a pure function from ARNs to an Amazon States Language definition.
 *
 * Every Task has a timeout, a Retry and a Catch. Transient faults are retried with exponential backoff, full jitter
 * and a capped delay; a crash or a timeout, which hostile content can cause, once; a permanent error never. Want of
 * capacity is no failure: the event waits in the backlog queue and comes back.
 */
import { capacityBranch } from './capacity-branch';
import { deletionBranch } from './deletion-branch';
import { failureBranch } from './failure-branch';
import { functionTask } from './task-state';

/** What the definition refers to. Functions are named by version, so that a deploy never mixes code in one run. */
export interface Arns {
  validate: string;
  thumbnail: string;
  storeMetadata: string;
  notify: string;
  quarantine: string;
  remove: string;
  errorTopic: string;
  /** URLs, as SQS takes them. */
  backlogQueue: string;
  failureQueue: string;
}

/** Timeout of each function in seconds. */
export type FunctionTimeouts = Record<
  Exclude<keyof Arns, 'errorTopic' | 'backlogQueue' | 'failureQueue'>,
  number
>;

/** An Express execution is ended at 300 s without any Catch: the whole definition stays below this. */
export const EXECUTION_LIMIT = 290;

/**
 * @param arns what the states call
 * @param timeouts seconds each function may run
 * @returns the definition, ready for `JSON.stringify`
 */
export function definition(arns: Arns, timeouts: FunctionTimeouts) {
  return {
    Comment:
      'Makes thumbnails of an image uploaded to S3, records them and tells people; removes them with it.',
    StartAt: 'Route',
    TimeoutSeconds: EXECUTION_LIMIT,
    States: {
      Route: {
        Type: 'Choice',
        Comment: 'An upload, a deletion, or an event that has waited for capacity for too long?',
        Choices: [
          { Variable: '$.backlog.expired', IsPresent: true, Next: 'GiveUp' },
          {
            And: [
              { Variable: "$['detail-type']", IsPresent: true },
              { Variable: "$['detail-type']", StringEquals: 'Object Deleted' },
            ],
            Next: 'Remove',
          },
        ],
        Default: 'Validate',
      },
      Validate: {
        ...functionTask(
          arns.validate,
          timeouts.validate,
          'image',
          'Is it current, and an image within the limits?',
        ),
        Next: 'Thumbnail',
      },
      Thumbnail: {
        ...functionTask(arns.thumbnail, timeouts.thumbnail, 'thumbnails', 'One decode, every variant.'),
        Next: 'StoreMetadata',
      },
      StoreMetadata: {
        ...functionTask(
          arns.storeMetadata,
          timeouts.storeMetadata,
          'record',
          'The newest version of the object wins.',
        ),
        Next: 'Notify',
      },
      Notify: {
        ...functionTask(arns.notify, timeouts.notify, 'notification', 'Tell the processed topic.'),
        End: true,
      },
      Superseded: { Type: 'Succeed', Comment: 'A newer version or a deletion has overtaken this event.' },

      ...deletionBranch(arns, timeouts),
      ...capacityBranch(arns.backlogQueue),
      ...failureBranch(arns, timeouts),
    },
  };
}
