/**
 * The states at which the image of a backfill is treated differently from an upload. A backfill sends one mail for the whole run,
 * not one for each image, and an image for which there is no capacity goes back to the backfill, so that uploads in the backlog
 * never wait behind it.
 */
import { present } from './task-state';

const MARK = present('$.backfill');

/** Follows StoreMetadata. */
export const afterRecord = () => ({
  CheckOrigin: {
    Type: 'Choice',
    Comment: 'Does a backfill run the image? Then its report says that the thumbnails are there.',
    Choices: [{ ...MARK, Next: 'Recorded' }],
    Default: 'Notify',
  },
  Recorded: { Type: 'Succeed', Comment: 'The thumbnails are made and recorded. Nobody is notified.' },
});

/** Precedes NotifyFailure. */
export const afterFailure = () => ({
  CheckOriginOfFailure: {
    Type: 'Choice',
    Comment: 'Does a backfill run the image? Then its report names the failure.',
    Choices: [{ ...MARK, Next: 'Failed' }],
    Default: 'NotifyFailure',
  },
});

/** The choice of CheckBacklog. */
export const toBackfill = { ...MARK, Next: 'ReturnToBackfill' };

export const backToBackfill = () => ({
  ReturnToBackfill: {
    Type: 'Fail',
    Comment: 'The backfill waits and tries the image again.',
    Error: 'StillWaiting',
    Cause: 'Every attempt was throttled, or S3 does not show the object yet.',
  },
});
