import { HeadObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import * as environment from '../shared/environment';
import { Records } from '../shared/records';
import type { ObjectName } from '../shared/source';
import { clientConfig, task } from '../shared/task';
import { thumbnailBucketFromEnvironment } from '../shared/thumbnail-bucket';
import { type CurrentVersion, remove } from './remove';

const s3 = new S3Client(clientConfig);
const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = thumbnailBucketFromEnvironment(s3);
const settings = { tombstoneDays: environment.count('TOMBSTONE_DAYS') };

export const handler = task((input) =>
  remove(
    input,
    settings,
    {
      current,
      record: (object) => records.find(object),
      apply: (update) => records.apply(update),
      removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
    },
    new Date(),
  ),
);

async function current({ bucket, key }: ObjectName): Promise<CurrentVersion | null> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return {
      version: found.VersionId ?? null,
      etag: (found.ETag as string).replaceAll('"', ''),
      size: found.ContentLength as number,
    };
  } catch (error) {
    if ((error as S3ServiceException).name === 'NotFound') return null;
    throw error;
  }
}
