import { S3Client } from '@aws-sdk/client-s3';
import { Records } from '../lib/records/records';
import * as environment from '../lib/runtime/environment';
import { clientConfig, task } from '../lib/runtime/task';
import { thumbnailBucketFromEnvironment } from '../lib/storage/thumbnail-bucket';
import { currentVersion } from '../lib/storage/uploads';
import { remove } from './remove';

const s3 = new S3Client(clientConfig);
const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = thumbnailBucketFromEnvironment(s3);
const settings = { tombstoneDays: environment.count('TOMBSTONE_DAYS') };

export const handler = task((input) =>
  remove(
    input,
    settings,
    {
      current: (object) => currentVersion(s3, object),
      record: (object) => records.find(object),
      apply: (update) => records.apply(update),
      removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
    },
    new Date(),
  ),
);
