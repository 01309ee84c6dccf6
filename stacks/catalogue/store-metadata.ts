import { environmentOf, type StateFunction } from './entry';
import { outcomeEnvironment, thumbnailsEnvironment } from './environment';
import { distinguishMissingFromForbidden, removeThumbnails } from './permissions';

export const storeMetadata = {
  kind: 'state',
  folder: 'store-metadata',
  description: 'Writes the record of an image; the newest version of the object wins.',
  memoryMb: 512,
  timeoutSeconds: 3,
  impact: 'Thumbnails are made, but the records do not list them.',
  environment: (given) =>
    environmentOf('store-metadata', {
      TABLE_NAME: given.records.name,
      ...thumbnailsEnvironment(given),
      ...outcomeEnvironment(given),
    }),
  permissions: ({ thumbnails, records }) => [
    {
      sid: 'WriteTheRecord',
      actions: ['dynamodb:UpdateItem'],
      resources: [records.arn],
    },
    // An older version of the object may have left some behind.
    removeThumbnails(thumbnails),
    distinguishMissingFromForbidden(thumbnails),
  ],
} as const satisfies StateFunction;
