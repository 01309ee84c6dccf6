import { S3Client } from '@aws-sdk/client-s3';
import * as environment from '../shared/environment';
import { emit, isNews } from '../shared/metrics';
import { Records } from '../shared/records';
import { clientConfig, task } from '../shared/task';
import { thumbnailBucketFromEnvironment } from '../shared/thumbnail-bucket';
import { storeMetadata } from './store-metadata';

const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = thumbnailBucketFromEnvironment(new S3Client(clientConfig));

export const handler = task<'image' | 'thumbnails'>((input) =>
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
  ),
);
