import { S3Client } from '@aws-sdk/client-s3';
import type { TaskInput } from '../../contract/states';
import { configureSharp } from '../lib/image/decode';
import type { MakeSettings } from '../lib/image/make';
import { acceptanceFrom, memoryMb, recipesFrom } from '../lib/image/settings';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { Tally } from '../lib/runtime/metrics';
import { task } from '../lib/runtime/task';
import { makePorts } from '../lib/storage/make-ports';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { makeThumbnails } from './thumbnail';

declare module '../../contract/environment' {
  interface Environments {
    thumbnail: MakingEnvironment & { DELIVERY_URL?: string };
  }
}

const environment = environmentOf<'thumbnail'>();
const s3 = new S3Client({ ...clientConfig(), responseChecksumValidation: 'WHEN_REQUIRED' });
const thumbnails = thumbnailBucketFrom(environment, s3);
const cacheControl = environment.text('CACHE_CONTROL');
const settings: MakeSettings = {
  ...acceptanceFrom(environment),
  ...recipesFrom(environment),
  memoryMb: memoryMb(),
  deliveryUrl: environment.optional('DELIVERY_URL'),
};
configureSharp(settings.accepted);

export const handler = task('thumbnails', ['items'], async (input: TaskInput<'image'>, context) => {
  const tally = new Tally();
  try {
    const ports = makePorts({
      s3,
      thumbnails,
      limits: settings.limits,
      cacheControl,
      tally,
      timeLeft: () => context.getRemainingTimeInMillis(),
    });
    return await makeThumbnails(input, settings, ports);
  } finally {
    // What was written before a failure is there: the next attempt finds it, and does not count it.
    tally.emit();
  }
});
