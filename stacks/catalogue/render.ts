import { type EndpointFunction, environmentOf } from './entry';
import { imageEnvironment, thumbnailsEnvironment, uploadsEnvironment } from './environment';
import { distinguishMissingFromForbidden, useKeyOfUploads } from './permissions';

/**
 * It makes a variant from the original as it is now. It does the work of Validate and of Thumbnail, so it has the
 * permissions of both. It can't publish to a topic or change an original; a failure that it finds goes to the
 * workflow by way of the backlog.
 */
export const render = {
  kind: 'endpoint',
  folder: 'render',
  description: 'Makes a thumbnail when it is first requested.',
  note: 'It exists only if a variant is `lazy`.',
  existsFor: ({ presets }) => presets.some(({ variants }) => variants.some(({ lazy }) => lazy)),
  memoryMb: 1769,
  timeoutSeconds: 20,
  // CloudFront waits for 60 s without a higher quota, and a cold start comes on top of what a function may run.
  maxTimeoutSeconds: 45,
  reserved: true,
  environment: (given) =>
    environmentOf('render', {
      TABLE_NAME: given.records.name,
      ...uploadsEnvironment(given),
      UPLOADS_SUFFIXES: given.settings.uploads.suffixes.join(','),
      ...thumbnailsEnvironment(given),
      ...imageEnvironment(given),
      QUEUE_URL: given.backlog.url,
      CACHE_CONTROL: given.settings.output.cacheControl,
      // As for Thumbnail.
      MALLOC_ARENA_MAX: '1',
    }),
  permissions: ({ uploads, thumbnails, records, backlog }) => [
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
    {
      // An image that can't be decoded: the workflow keeps it and tells people, as of any failure.
      sid: 'ReportFailures',
      actions: ['sqs:SendMessage'],
      resources: [backlog.arn],
    },
  ],
} as const satisfies EndpointFunction;
