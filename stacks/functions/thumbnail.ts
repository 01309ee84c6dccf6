import type { Settings } from '../settings/schema';
import {
  deliveryEnvironment,
  environmentOf,
  imageEnvironment,
  type Resources,
  readUploads,
  type Task,
  tellMissingFromForbidden,
  thumbnailsEnvironment,
  useKeyOfUploads,
} from './task';

/** Decodes an image once and writes every variant. It holds no right to the table or a topic: it runs the decoder. */
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
      tellMissingFromForbidden(uploads, thumbnails),
      {
        // HeadObject, which s3:GetObject permits, tells whether a newer version has already written its thumbnail.
        sid: 'CompareAndSwapThumbnails',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [thumbnails.objectsArn],
      },
      ...(thumbnails.name === uploads.name ? useKeyOfUploads(uploads, 'kms:GenerateDataKey') : []),
    ],
  };
}
