import {
  distinguishMissingFromForbidden,
  environmentOf,
  type Resources,
  removeThumbnails,
  type Task,
  thumbnailsEnvironment,
} from './task';

/** Writes the record, and deletes thumbnails that an older version of the object left behind. */
export function storeMetadata(resources: Resources): Task {
  const { thumbnails, records } = resources;
  return {
    description: 'Writes the record of an image; the newest version of the object wins.',
    environment: environmentOf('store-metadata', {
      TABLE_NAME: records.name,
      ...thumbnailsEnvironment(resources),
    }),
    statements: [
      {
        sid: 'WriteTheRecord',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
      removeThumbnails(resources),
      distinguishMissingFromForbidden(thumbnails),
    ],
  };
}
