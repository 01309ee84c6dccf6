import { environmentOf, type StateFunction } from './entry';
import { deliveryEnvironment, imageEnvironment, thumbnailsEnvironment } from './environment';
import { distinguishMissingFromForbidden, readUploads, useKeyOfUploads } from './permissions';

/** Because it runs the decoder, it has no access to the table or a topic. */
export const thumbnail = {
  kind: 'state',
  folder: 'thumbnail',
  description: 'Decodes an image once and writes every thumbnail of its preset.',
  memoryMb: 1769,
  timeoutSeconds: 20,
  reserved: true,
  impact:
    'Uploads get no thumbnails. Images that were refused and events that were overtaken count here too.',
  refusesImages: true,
  environment: (given) =>
    environmentOf('thumbnail', {
      ...thumbnailsEnvironment(given),
      ...imageEnvironment(given),
      CACHE_CONTROL: given.settings.output.cacheControl,
      ...deliveryEnvironment(given),
      // glibc otherwise keeps a heap per thread: 230 MB instead of 161 MB over 20 images of 24 megapixels.
      MALLOC_ARENA_MAX: '1',
    }),
  permissions: ({ uploads, thumbnails }) => [
    ...readUploads(uploads),
    distinguishMissingFromForbidden(uploads, thumbnails),
    {
      // HeadObject, which s3:GetObject permits, shows whether a newer version has already written its thumbnail.
      sid: 'CompareAndSwapThumbnails',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [thumbnails.objectsArn],
    },
    ...(thumbnails.name === uploads.name ? useKeyOfUploads(uploads, 'kms:GenerateDataKey') : []),
  ],
} as const satisfies StateFunction;
