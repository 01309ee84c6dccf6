import { S3Client } from '@aws-sdk/client-s3';
import type { TaskInput } from '../../contract/states';
import { configureSharp } from '../lib/image/render';
import { acceptanceFrom, recipesFrom } from '../lib/image/settings';
import { environmentOf } from '../lib/runtime/environment';
import { Tally } from '../lib/runtime/metrics';
import { clientConfig, task } from '../lib/runtime/task';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { readVersion } from '../lib/storage/uploads';
import { makeThumbnails, type ThumbnailSettings } from './thumbnail';

const environment = environmentOf<'thumbnail'>();
const s3 = new S3Client({ ...clientConfig, responseChecksumValidation: 'WHEN_REQUIRED' });
const thumbnails = thumbnailBucketFrom(environment, s3);
const CacheControl = environment.text('CACHE_CONTROL');
const settings: ThumbnailSettings = {
  ...acceptanceFrom(environment),
  ...recipesFrom(environment),
  deliveryUrl: environment.optional('DELIVERY_URL'),
};
configureSharp(settings.accepted);

export const handler = task('thumbnails', async (input: TaskInput<'image'>) => {
  const tally = new Tally();
  try {
    return await makeThumbnails(input, settings, {
      bucket: thumbnails.name,
      readWhole: async (source) => {
        const bytes = await readVersion(s3, source, settings.limits);
        tally.add({ SourceBytes: bytes.length });
        return bytes;
      },
      find: (key) => thumbnails.find(key),
      write: async ({ key, format, hash }, data, precondition, { source, bytes }) => {
        const headers = { ContentType: `image/${format}`, CacheControl };
        const origin = { source, bytes, hash };
        const written = await thumbnails.write(key, data, origin, precondition, headers);
        if (written) tally.add({ Thumbnails: 1, ThumbnailBytes: data.length });
        return written;
      },
    });
  } finally {
    // What was written before a failure is there: the next attempt finds it, and does not count it.
    tally.emit();
  }
});
