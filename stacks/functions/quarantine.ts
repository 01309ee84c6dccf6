import {
  distinguishMissingFromForbidden,
  environmentOf,
  type Resources,
  readUploads,
  removeThumbnails,
  type Task,
  thumbnailsEnvironment,
} from './task';

/** Copies the original of a failed image to quarantine, tagged with the reason, and marks its record. */
export function quarantine(resources: Resources): Task {
  const { uploads, thumbnails, quarantine: bucket, records } = resources;
  return {
    description: 'Copies the original of a failed image to quarantine and marks its record.',
    environment: environmentOf('quarantine', {
      TABLE_NAME: records.name,
      ...thumbnailsEnvironment(resources),
      QUARANTINE_BUCKET: bucket.name,
    }),
    statements: [
      ...readUploads(resources, 'CopyTheUploadedVersion'),
      distinguishMissingFromForbidden(uploads, thumbnails),
      {
        sid: 'KeepTheOriginalWithItsReason',
        actions: ['s3:PutObject', 's3:PutObjectTagging'],
        resources: [bucket.objectsArn],
      },
      {
        sid: 'MarkTheRecordAsFailed',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
      removeThumbnails(resources),
    ],
  };
}
