import { type Resources, type Task, tellMissingFromForbidden } from './task';

/** Writes the record, and removes thumbnails that an older version of the object left behind. */
export function storeMetadata({ thumbnails, records }: Resources): Task {
  return {
    description: 'Writes the record of an image; the newest version of the object wins.',
    environment: { TABLE_NAME: records.name, THUMBNAILS_BUCKET: thumbnails.name },
    statements: [
      {
        sid: 'WriteTheRecord',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
      {
        // A thumbnail is deleted only after its metadata shows that an older version made it.
        sid: 'RemoveThumbnailsOfOlderVersions',
        actions: ['s3:GetObject', 's3:DeleteObject'],
        resources: [thumbnails.objectsArn],
      },
      tellMissingFromForbidden(thumbnails),
    ],
  };
}
