import { environmentOf, type StateFunction } from './entry';
import { eventsEnvironment, thumbnailsEnvironment } from './environment';
import { distinguishMissingFromForbidden, removeThumbnails } from './permissions';

/** If the deletion restored an earlier version, it queues that version and deletes nothing. */
export const remove = {
  kind: 'state',
  folder: 'remove',
  description: 'Deletes the thumbnails of a deleted image and marks its record as deleted.',
  memoryMb: 512,
  timeoutSeconds: 7,
  impact: 'Thumbnails of deleted images are still there.',
  environment: (given) =>
    environmentOf('remove', {
      TABLE_NAME: given.records.name,
      ...thumbnailsEnvironment(given),
      QUEUE_URL: given.backlog.url,
      ...eventsEnvironment(given),
      TOMBSTONE_DAYS: String(given.settings.records.tombstoneDays),
    }),
  permissions: ({ uploads, thumbnails, records, backlog }) => [
    {
      // HeadObject: the deletion of one version may bring an earlier one back.
      sid: 'CheckTheCurrentVersion',
      actions: ['s3:GetObject'],
      resources: [uploads.objectsArn],
    },
    distinguishMissingFromForbidden(uploads, thumbnails),
    {
      sid: 'LeaveATombstone',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [records.arn],
    },
    removeThumbnails(thumbnails),
    {
      // S3 sends no event for a version that a deletion makes current again.
      sid: 'QueueTheRestoredVersion',
      actions: ['sqs:SendMessage'],
      resources: [backlog.arn],
    },
  ],
} as const satisfies StateFunction;
