import { S3Client } from '@aws-sdk/client-s3';
import type { TaskInput } from '../../contract/states';
import { isNews } from '../lib/records/order';
import { Records } from '../lib/records/records';
import { settingsHashFrom } from '../lib/records/settings-hash';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { emit } from '../lib/runtime/metrics';
import { task } from '../lib/runtime/task';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { storeMetadata } from './store-metadata';

declare module '../../contract/environment' {
  interface Environments {
    'store-metadata': TableEnvironment & ThumbnailsEnvironment & OutcomeEnvironment;
  }
}

const environment = environmentOf<'store-metadata'>();
const records = new Records(environment.text('TABLE_NAME'));
const settingsHash = settingsHashFrom(environment);
const thumbnails = thumbnailBucketFrom(environment, new S3Client(clientConfig()));

export const handler = task('record', ['id', 'notified'], (input: TaskInput<'image' | 'thumbnails'>) =>
  storeMetadata(
    input,
    {
      apply: async (update) => {
        const outcome = await records.apply(update);
        if (isNews(outcome, input.state.image.source, 'DONE')) emit({ Done: 1, Failed: 0 });
        return outcome;
      },
      removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
    },
    new Date(),
    settingsHash(input.state.image.source.key),
  ),
);
