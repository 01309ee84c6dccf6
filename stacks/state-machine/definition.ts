/**
 * The workflow, as a pure function from ARNs to an Amazon States Language definition.
 *
 * Every Task has a timeout, a Retry and a Catch. Transient faults are retried with exponential backoff, full jitter
 * and a capped delay. A crash or a timeout, which hostile content can cause, is retried once, a permanent error never.
 * Running out of capacity isn't a failure: the event waits in the backlog queue and comes back.
 */
import type { Keys } from '../events/patterns';
import { announceReady, announceRemoval, type News } from './announcements';
import type { Arns, FunctionTimeouts } from './arns';
import { afterRecord } from './backfill-branch';
import { capacityBranch } from './capacity-branch';
import { failureBranch } from './failure-branch';
import { notAnImage, unlessNamedLikeAnImage } from './name-choice';
import { functionTask, present, serviceTimeout } from './task-state';

/** AWS ends an Express execution after 300 s without any Catch, so the whole definition has to take less than this. */
export const EXECUTION_LIMIT = 290;

/** Any key: the event rules have already checked it. */
const ANY: Keys = { prefix: '', suffixes: [] };

/**
 * @param arns of the functions, topics and queues that the states use
 * @param timeouts seconds that each function may run
 * @param keys which keys start the workflow
 * @param news how outcomes are told
 * @returns the definition, ready for `JSON.stringify`
 */
export function definition(arns: Arns, timeouts: FunctionTimeouts, keys: Keys = ANY, news: News = {}) {
  const { events, backfill } = news;
  const seconds = serviceTimeout(events !== undefined);
  return {
    Comment:
      'Makes the thumbnails of an image uploaded to S3, records them and notifies people. Removes them when the image is deleted.',
    StartAt: 'Route',
    TimeoutSeconds: EXECUTION_LIMIT,
    States: {
      Route: {
        Type: 'Choice',
        Comment: 'An upload, a deletion, or an event that waited too long for capacity?',
        Choices: [
          { ...present('$.error.Error'), Next: 'Quarantine' },
          ...unlessNamedLikeAnImage(keys),
          {
            And: [
              present("$['detail-type']"),
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
          'Checks that the upload is current and is an image within the limits.',
        ),
        Next: 'Thumbnail',
      },
      Thumbnail: {
        ...functionTask(
          arns.thumbnail,
          timeouts.thumbnail,
          'thumbnails',
          'Decodes the image once and makes every thumbnail.',
        ),
        Next: 'StoreMetadata',
      },
      StoreMetadata: {
        ...functionTask(
          arns.storeMetadata,
          timeouts.storeMetadata,
          'record',
          'Writes the record, unless a newer version of the object has one.',
        ),
        Next: backfill ? 'CheckOrigin' : 'Notify',
      },
      ...(backfill && afterRecord()),
      Notify: {
        ...functionTask(
          arns.notify,
          timeouts.notify,
          'notification',
          'Publishes to the processed topic that the thumbnails are ready.',
        ),
        ...nextOrEnd(events && 'AnnounceReady'),
      },
      ...(events && announceReady()),
      Remove: {
        ...functionTask(
          arns.remove,
          timeouts.remove,
          'removal',
          'Removes the thumbnails of a deleted object, or queues the version that the deletion restored.',
        ),
        ...nextOrEnd(events && 'CheckRemoval'),
      },
      ...(events && announceRemoval()),
      ...notAnImage(keys),
      Superseded: { Type: 'Succeed', Comment: 'There is a newer version of the object, or it was deleted.' },

      ...capacityBranch(arns.backlogQueue, seconds, news),
      ...failureBranch(arns, timeouts, seconds, news),
    },
  };
}

const nextOrEnd = (next: string | undefined) => (next === undefined ? { End: true } : { Next: next });
