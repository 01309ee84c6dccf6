/** The buckets of the workflow, which it creates, or uses if they exist already. */
import type { Construct } from 'constructs';
import type { Key } from '../security/key';
import type { Settings } from '../settings/schema';
import { uploadCors } from '../upload-api/upload-cors';
import { Bucket, type BucketProps } from './bucket';
import { ExistingBucket } from './existing-bucket';
import { type Place, placeIn, type Uploads, uploadsIn } from './place';

export interface Buckets {
  readonly uploads: Uploads;
  readonly thumbnails: Place;
  readonly quarantine: Place;
  /** The bucket that the thumbnails are in. */
  readonly thumbnailsBucket: Bucket | ExistingBucket;
}

export interface BucketsProps {
  readonly settings: Settings;
  readonly account: string;
  /**
   * Encrypts the objects.
   * @default - the key of S3
   */
  readonly key?: Key;
  /**
   * The key that roles may use, even if nothing is encrypted with it any more.
   * @default - none
   */
  readonly usableKey?: Key;
}

export function addBuckets(scope: Construct, { settings, account, key, usableKey }: BucketsProps): Buckets {
  const { namePrefix, region, lifecycle, uploads, thumbnails } = settings;
  const bucket = (name: string, options: Partial<BucketProps>) =>
    new Bucket(scope, `${name}-bucket`, {
      name: `${namePrefix}-${name}-${account}-${region}`,
      emptyOnDestroy: settings.emptyBucketsOnDestroy,
      accessLogsBucket: settings.logs.accessLogsBucket,
      key,
      ...options,
    });

  const uploadsBucket = uploads.existingBucket
    ? new ExistingBucket(scope, 'uploads-bucket', {
        name: uploads.existingBucket,
        region,
        manageNotifications: uploads.manageNotifications,
      })
    : bucket('uploads', {
        noncurrentDays: lifecycle.noncurrentDays,
        transition: transitionOf(settings),
        events: true,
        cors: uploadCors(settings),
        readable: { key: usableKey },
      });
  // A thumbnail can be made again, so their own bucket keeps no old versions.
  const thumbnailsBucket = thumbnails.bucket === 'uploads' ? uploadsBucket : bucket('thumbnails', {});
  const quarantineBucket = bucket('quarantine', {
    noncurrentDays: lifecycle.noncurrentDays,
    expireDays: lifecycle.quarantineDays,
  });
  return {
    uploads: uploadsIn(uploadsBucket, settings),
    thumbnails: placeIn(thumbnailsBucket, thumbnails.prefix),
    quarantine: placeIn(quarantineBucket, ''),
    thumbnailsBucket,
  };
}

function transitionOf({ uploads: { prefix }, lifecycle: { originals } }: Settings) {
  const { transition, afterDays } = originals;
  return transition === 'none' ? undefined : { storageClass: transition, days: afterDays, prefix };
}
