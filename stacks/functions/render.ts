import type { Settings } from '../settings/schema';
import {
  distinguishMissingFromForbidden,
  environmentOf,
  imageEnvironment,
  type Resources,
  type Task,
  thumbnailsEnvironment,
  uploadsEnvironment,
  useKeyOfUploads,
} from './task';

/**
 * Makes a variant on its first request, from the original as it is now. It does the work of Validate and of Thumbnail, so
 * it has the rights of both. It can't publish to a topic or change an original.
 */
export function render(resources: Resources, settings: Settings): Task {
  const { uploads, thumbnails, records } = resources;
  return {
    description: 'Makes a thumbnail when it is first requested.',
    environment: environmentOf('render', {
      TABLE_NAME: records.name,
      ...uploadsEnvironment(resources),
      UPLOADS_SUFFIXES: settings.uploads.suffixes.join(','),
      ...thumbnailsEnvironment(resources),
      ...imageEnvironment(resources, settings),
      CACHE_CONTROL: settings.output.cacheControl,
      // As for Thumbnail.
      MALLOC_ARENA_MAX: '1',
    }),
    statements: [
      {
        // The version that the record names, or the current one if there is no record.
        sid: 'ReadTheOriginal',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [uploads.objectsArn],
      },
      ...useKeyOfUploads(uploads, 'kms:Decrypt'),
      distinguishMissingFromForbidden(uploads, thumbnails),
      {
        // It deletes its own thumbnail again if the original was replaced in the meantime.
        sid: 'CompareAndSwapThumbnails',
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [thumbnails.objectsArn],
      },
      {
        sid: 'AddTheThumbnailToTheRecord',
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [records.arn],
      },
    ],
  };
}
