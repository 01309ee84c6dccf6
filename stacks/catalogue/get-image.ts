import { API_MAX_TIMEOUT, type EndpointFunction, environmentOf } from './entry';
import { signingEnvironment, uploadsEnvironment } from './environment';
import { distinguishMissingFromForbidden, readSigningKey } from './permissions';

/** It reads records; of originals it reads only the head. If viewers need signed URLs, it reads the key that signs them. */
export const getImage = {
  kind: 'endpoint',
  folder: 'get-image',
  description: 'Returns the status and the thumbnails of an upload.',
  note: 'It exists only with `uploadApi`.',
  existsFor: ({ uploadApi }) => uploadApi.enabled,
  memoryMb: 512,
  timeoutSeconds: 5,
  maxTimeoutSeconds: API_MAX_TIMEOUT,
  environment: (given) =>
    environmentOf('get-image', {
      TABLE_NAME: given.records.name,
      ...uploadsEnvironment(given),
      // The rules of the settings ask for a URL with the upload API.
      DELIVERY_URL: given.deliveryUrl as string,
      ...signingEnvironment(given),
    }),
  permissions: ({ uploads, records, signing }) => [
    {
      // The id of the user, and then the record.
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
    ...readSigningKey(signing),
  ],
} as const satisfies EndpointFunction;
