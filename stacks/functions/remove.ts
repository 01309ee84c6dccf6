import type { Queue } from '../messaging/queue';
import type { Settings } from '../settings/schema';
import {
  distinguishMissingFromForbidden,
  environmentOf,
  type Resources,
  removeThumbnails,
  type Task,
  thumbnailsEnvironment,
} from './task';

/** Handles a deletion: it deletes the thumbnails and leaves a tombstone, or queues the version that the deletion restored. */
export function remove(resources: Resources, backlog: Queue, settings: Settings): Task {
  const { uploads, thumbnails, records } = resources;
  return {
    description: 'Deletes the thumbnails of a deleted image and marks its record as deleted.',
    environment: environmentOf('remove', {
      TABLE_NAME: records.name,
      ...thumbnailsEnvironment(resources),
      QUEUE_URL: backlog.url,
      TOMBSTONE_DAYS: String(settings.records.tombstoneDays),
    }),
    statements: [
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
      removeThumbnails(resources),
      {
        // S3 sends no event for a version that a deletion makes current again.
        sid: 'QueueTheRestoredVersion',
        actions: ['sqs:SendMessage'],
        resources: [backlog.arn],
      },
    ],
  };
}
