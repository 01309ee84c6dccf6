import { S3Client } from '@aws-sdk/client-s3';
import * as environment from '../shared/environment';
import { Records } from '../shared/records';
import { clientConfig, task } from '../shared/task';
import { thumbnailBucketFromEnvironment } from '../shared/thumbnail-bucket';
import { currentVersion } from '../shared/uploads';
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
