import type { Settings } from '../settings/schema';
import { imageEnvironment, type Resources, readUploads, type Task, tellMissingFromForbidden } from './task';

/** Judges an upload by its bytes and claims its record. */
export function validate(resources: Resources, settings: Settings): Task {
  const { uploads, records } = resources;
  return {
    description: 'Judges an uploaded image by its bytes and claims its record.',
    environment: { TABLE_NAME: records.name, ...imageEnvironment(settings) },
    statements: [
      {
        // Reads the head of whatever is current, which tells whether that is still the version of the event.
        sid: 'ReadTheCurrentVersion',
        actions: ['s3:GetObject'],
        resources: [uploads.objectsArn],
      },
      readUploads(resources),
      tellMissingFromForbidden(uploads),
      {
        // The claim is one conditional write; the record says whether a newer version has overtaken this one.
        sid: 'ClaimTheRecord',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
    ],
  };
}
