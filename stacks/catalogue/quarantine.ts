import { environmentOf, type StateFunction } from './entry';
import {
  eventsEnvironment,
  outcomeEnvironment,
  runbookEnvironment,
  thumbnailsEnvironment,
} from './environment';
import { distinguishMissingFromForbidden, readUploads, removeThumbnails } from './permissions';

export const quarantine = {
  kind: 'state',
  folder: 'quarantine',
  description: 'Copies the original of a failed image to quarantine and marks its record.',
  memoryMb: 512,
  timeoutSeconds: 5,
  impact: 'Failures are mailed, but their originals are not copied and their records may not say FAILED.',
  environment: (given) =>
    environmentOf('quarantine', {
      TABLE_NAME: given.records.name,
      ...thumbnailsEnvironment(given),
      QUARANTINE_BUCKET: given.quarantine.name,
      ...runbookEnvironment(given),
      ...eventsEnvironment(given),
      ...outcomeEnvironment(given),
    }),
  permissions: ({ uploads, thumbnails, quarantine: bucket, records }) => [
    ...readUploads(uploads, 'CopyTheUploadedVersion'),
    distinguishMissingFromForbidden(uploads, thumbnails),
    {
      // The copy is tagged with the reason.
      sid: 'KeepTheOriginalWithItsReason',
      actions: ['s3:PutObject', 's3:PutObjectTagging'],
      resources: [bucket.objectsArn],
    },
    {
      sid: 'MarkTheRecordAsFailed',
      actions: ['dynamodb:UpdateItem'],
      resources: [records.arn],
    },
    removeThumbnails(thumbnails),
  ],
} as const satisfies StateFunction;
