import {
  distinguishMissingFromForbidden,
  environmentOf,
  type Resources,
  type Task,
  uploadsEnvironment,
} from './task';

/** Says what became of an upload. It reads records; of originals it reads only the head. */
export function getImage(resources: Resources & { deliveryUrl: string }): Task {
  const { uploads, records, deliveryUrl } = resources;
  return {
    description: 'Returns the status and the thumbnails of an upload.',
    environment: environmentOf('get-image', {
      TABLE_NAME: records.name,
      ...uploadsEnvironment(resources),
      DELIVERY_URL: deliveryUrl,
    }),
    statements: [
      {
        sid: 'ReadTheRecord',
        actions: ['dynamodb:GetItem'],
        resources: [records.arn],
      },
      {
        // HeadObject: an upload has no record until its event has arrived.
        sid: 'CheckForTheUpload',
        actions: ['s3:GetObject'],
        resources: [uploads.objectsArn],
      },
      distinguishMissingFromForbidden(uploads),
    ],
  };
}
