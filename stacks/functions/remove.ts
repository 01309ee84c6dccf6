import type { Settings } from '../settings/schema';
import {
  type Resources,
  removeThumbnails,
  type Task,
  tellMissingFromForbidden,
  thumbnailsEnvironment,
} from './task';

/** Follows a deletion: removes the thumbnails and leaves a tombstone, or finds what is there instead. */
export function remove(resources: Resources, settings: Settings): Task {
  const { uploads, thumbnails, records } = resources;
  return {
    description: 'Removes the thumbnails of a deleted image and leaves a tombstone in its record.',
    environment: {
      TABLE_NAME: records.name,
      ...thumbnailsEnvironment(resources),
      TOMBSTONE_DAYS: String(settings.records.tombstoneDays),
    },
    statements: [
      {
        // HeadObject: the deletion of one version may bring an earlier one back.
        sid: 'LookAtTheCurrentVersion',
        actions: ['s3:GetObject'],
        resources: [uploads.objectsArn],
      },
      tellMissingFromForbidden(uploads, thumbnails),
      {
        sid: 'LeaveATombstone',
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [records.arn],
      },
      removeThumbnails(resources),
    ],
  };
}
