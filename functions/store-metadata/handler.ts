import { S3Client } from '@aws-sdk/client-s3';
import * as environment from '../shared/environment';
import { Records } from '../shared/records';
import { clientConfig, task } from '../shared/task';
import { ThumbnailBucket } from '../shared/thumbnail-bucket';
import { storeMetadata } from './store-metadata';

const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = new ThumbnailBucket(new S3Client(clientConfig), environment.text('THUMBNAILS_BUCKET'));

export const handler = task<'image' | 'thumbnails'>((input) =>
  storeMetadata(
    input,
    {
      apply: (update) => records.apply(update),
      removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
    },
    new Date(),
  ),
);
