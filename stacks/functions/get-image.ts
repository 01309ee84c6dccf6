import {
  environmentOf,
  type Resources,
  type Task,
  tellMissingFromForbidden,
  uploadsEnvironment,
} from './task';

/** Tells what became of an upload. It reads records, and of an original only whether it is there. */
export function getImage(resources: Resources & { deliveryUrl: string }): Task {
  const { uploads, records, deliveryUrl } = resources;
  return {
    description: 'Tells what became of an upload.',
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
        // HeadObject: an upload whose event is still on its way has no record.
        sid: 'SeeWhetherItWasUploaded',
        actions: ['s3:GetObject'],
        resources: [uploads.objectsArn],
      },
      tellMissingFromForbidden(uploads),
    ],
  };
}
