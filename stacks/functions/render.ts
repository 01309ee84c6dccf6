import type { Settings } from '../settings/schema';
import {
  environmentOf,
  imageEnvironment,
  type Resources,
  type Task,
  tellMissingFromForbidden,
  thumbnailsEnvironment,
  uploadsEnvironment,
  useKeyOfUploads,
} from './task';

/**
 * Makes a variant on its first request, from the original as it is now. It has the rights of Validate and of Thumbnail, for
 * it does the work of both; without a topic, and without a way to change an original.
 */
export function render(resources: Resources, settings: Settings): Task {
  const { uploads, thumbnails, records } = resources;
  return {
    description: 'Makes a thumbnail when it is first asked for.',
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
        // The version that the record tells of, or the current one of what has no record.
        sid: 'ReadTheOriginal',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [uploads.objectsArn],
      },
      ...useKeyOfUploads(uploads, 'kms:Decrypt'),
      tellMissingFromForbidden(uploads, thumbnails),
      {
        // It takes its own thumbnail away again where the original was replaced in the meantime.
        sid: 'CompareAndSwapThumbnails',
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [thumbnails.objectsArn],
      },
      {
        sid: 'AddItToTheRecord',
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [records.arn],
      },
    ],
  };
}
