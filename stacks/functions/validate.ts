import type { Settings } from '../settings/schema';
import {
  distinguishMissingFromForbidden,
  environmentOf,
  imageEnvironment,
  type Resources,
  type Task,
  useKeyOfUploads,
} from './task';

/** Checks an upload by its bytes and claims its record. */
export function validate(resources: Resources, settings: Settings): Task {
  const { uploads, records } = resources;
  return {
    description: 'Checks an uploaded image by its bytes and claims its record.',
    environment: environmentOf('validate', {
      TABLE_NAME: records.name,
      ...imageEnvironment(resources, settings),
    }),
    statements: [
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
    ],
  };
}
