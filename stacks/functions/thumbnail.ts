import type { Settings } from '../settings/schema';
import {
  deliveryEnvironment,
  distinguishMissingFromForbidden,
  environmentOf,
  imageEnvironment,
  type Resources,
  readUploads,
  type Task,
  thumbnailsEnvironment,
  useKeyOfUploads,
} from './task';

/** Decodes an image once and writes every variant. Because it runs the decoder, it has no access to the table or a topic. */
export function thumbnail(resources: Resources, settings: Settings): Task {
  const { uploads, thumbnails } = resources;
  return {
    description: 'Decodes an image once and writes every thumbnail of its preset.',
    environment: environmentOf('thumbnail', {
      ...thumbnailsEnvironment(resources),
      ...imageEnvironment(resources, settings),
      CACHE_CONTROL: settings.output.cacheControl,
      ...deliveryEnvironment(resources),
      // glibc otherwise keeps a heap per thread: 230 MB instead of 161 MB over 20 images of 24 megapixels.
      MALLOC_ARENA_MAX: '1',
    }),
    statements: [
      ...readUploads(resources),
      distinguishMissingFromForbidden(uploads, thumbnails),
      {
        // HeadObject, which s3:GetObject permits, shows whether a newer version has already written its thumbnail.
        sid: 'CompareAndSwapThumbnails',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [thumbnails.objectsArn],
      },
      ...(thumbnails.name === uploads.name ? useKeyOfUploads(uploads, 'kms:GenerateDataKey') : []),
    ],
  };
}
