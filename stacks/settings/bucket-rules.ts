/** Rules of the buckets: an existing one belongs to its owner, and thumbnails never start the workflow that makes them. */
import { bucketOfTheStack, type Rule, rule } from './rule';

/** The region of a KMS key. */
const keyRegion = (arn: string | undefined) => arn?.split(':')[3];

/** In one bucket, neither prefix may begin with the other. */
const overlap = (from: string, to: string) => from.startsWith(to) || to.startsWith(from);

export const BUCKET_RULES: readonly Rule[] = [
  // Settings of an existing bucket would be ignored silently if the stack makes the bucket itself.
  rule(
    'uploads.manageNotifications',
    ({ uploads }) => uploads.existingBucket === undefined && uploads.manageNotifications,
    () =>
      'expected uploads.existingBucket beside it, received none: the stack always manages the bucket it makes itself',
  ),
  rule(
    'uploads.kmsKeyArn',
    ({ uploads }) => uploads.existingBucket === undefined && uploads.kmsKeyArn !== undefined,
    () =>
      'expected uploads.existingBucket beside it, received none: it names the key of a bucket that is there already',
  ),
  rule(
    'uploads.kmsKeyArn',
    ({ uploads, region }) => (keyRegion(uploads.kmsKeyArn) ?? region) !== region,
    ({ uploads, region }) =>
      `expected a key in the region of the settings, which is ${region}, received one in ${keyRegion(uploads.kmsKeyArn)}: a bucket is encrypted by a key of its own region, and has to be in that of the stack`,
  ),
  rule(
    'uploads.existingBucket',
    (settings) => bucketOfTheStack(settings, settings.uploads.existingBucket, settings.region) !== undefined,
    (settings) =>
      `expected a bucket that is not one of this stack, received "${settings.uploads.existingBucket}", its bucket for ${bucketOfTheStack(settings, settings.uploads.existingBucket)}: choose another namePrefix or another bucket`,
  ),
  // Otherwise a thumbnail would start the workflow, or the right to write and delete thumbnails would include uploads.
  rule(
    'thumbnails.prefix',
    ({ uploads, thumbnails }) =>
      thumbnails.bucket === 'uploads' && overlap(uploads.prefix, thumbnails.prefix),
    ({ uploads: { prefix: from }, thumbnails: { prefix: to } }) => {
      const upload = `${from}photo.jpg`;
      const thumbnail = `${to}${upload}/thumbnail.jpg`;
      const reason = thumbnail.startsWith(from)
        ? `each thumbnail would be an upload, without end: ${upload} → ${thumbnail} → ${to}${thumbnail}/thumbnail.jpg → …`
        : `the right to write and delete thumbnails, "${to}*", would hold for the uploads too`;
      return `expected, with thumbnails.bucket "uploads", two prefixes of which neither begins with the other, received thumbnails.prefix "${to}" and uploads.prefix "${from}": ${reason}; use for example uploads.prefix "uploads/" and thumbnails.prefix "thumbnails/"`;
    },
  ),
  rule(
    'lifecycle.originals.transition',
    ({ uploads, lifecycle: { originals } }) =>
      uploads.existingBucket !== undefined && originals.transition !== 'none',
    ({ lifecycle: { originals } }) =>
      `expected "none" with uploads.existingBucket, received "${originals.transition}": the lifecycle of that bucket is left to its owner; add the transition there`,
  ),
  rule(
    'logs.accessLogsBucket',
    (settings) => bucketOfTheStack(settings, settings.logs.accessLogsBucket) !== undefined,
    ({ logs }) =>
      `expected a bucket that exists before the stack, received "${logs.accessLogsBucket}", which is one of its own: S3 would log the writing of every log, without end; name a bucket for logs`,
  ),
];
