import {
  environmentOf,
  type Resources,
  readUploads,
  removeThumbnails,
  type Task,
  tellMissingFromForbidden,
  thumbnailsEnvironment,
} from './task';

/** Copies the original of a failure aside, tagged with the reason, and marks its record. */
export function quarantine(resources: Resources): Task {
  const { uploads, thumbnails, quarantine: bucket, records } = resources;
  return {
    description: 'Keeps the original of an image that failed, with the reason, and marks its record.',
    environment: environmentOf('quarantine', {
      TABLE_NAME: records.name,
      ...thumbnailsEnvironment(resources),
      QUARANTINE_BUCKET: bucket.name,
    }),
    statements: [
      ...readUploads(resources, 'CopyTheUploadedVersion'),
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
