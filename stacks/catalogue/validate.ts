import { environmentOf, type StateFunction } from './entry';
import { imageEnvironment } from './environment';
import { distinguishMissingFromForbidden, useKeyOfUploads } from './permissions';

export const validate = {
  kind: 'state',
  folder: 'validate',
  description: 'Checks an uploaded image by its bytes and claims its record.',
  memoryMb: 512,
  timeoutSeconds: 5,
  impact:
    'Uploads get no thumbnails. Images that were refused and events that were overtaken count here too.',
  refusesImages: true,
  environment: (given) =>
    environmentOf('validate', { TABLE_NAME: given.records.name, ...imageEnvironment(given) }),
  permissions: ({ uploads, records }) => [
    {
      // Reads the head of the current version, which shows whether that is still the version of the event.
      sid: 'ReadTheCurrentVersion',
      actions: ['s3:GetObject'],
      resources: [uploads.objectsArn],
    },
    {
      sid: 'ReadTheUploadedVersion',
      actions: ['s3:GetObjectVersion'],
      resources: [uploads.objectsArn],
    },
    ...useKeyOfUploads(uploads, 'kms:Decrypt'),
    distinguishMissingFromForbidden(uploads),
    {
      // The claim is one conditional write; it fails if a newer version has overtaken this one.
      sid: 'ClaimTheRecord',
      actions: ['dynamodb:UpdateItem'],
      resources: [records.arn],
    },
    {
      // The record of a deletion tells an object that was deleted from one that S3 doesn't show yet.
      sid: 'LookForADeletion',
      actions: ['dynamodb:GetItem'],
      resources: [records.arn],
    },
  ],
} as const satisfies StateFunction;
