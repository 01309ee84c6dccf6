import { type Resources, removeThumbnails, type Task, tellMissingFromForbidden } from './task';

/** Copies the original of a failure aside, tagged with the reason, and marks its record. */
export function quarantine(resources: Resources): Task {
  const { uploads, thumbnails, quarantine: bucket, records } = resources;
  return {
    description: 'Keeps the original of an image that failed, with the reason, and marks its record.',
    environment: {
      TABLE_NAME: records.name,
      THUMBNAILS_BUCKET: thumbnails.name,
      QUARANTINE_BUCKET: bucket.name,
    },
    statements: [
      {
        sid: 'CopyTheUploadedVersion',
        actions: ['s3:GetObjectVersion'],
        resources: [uploads.objectsArn],
      },
      tellMissingFromForbidden(uploads, thumbnails),
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
