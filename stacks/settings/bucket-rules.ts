/** Rules for the buckets: an existing bucket belongs to its owner, and a thumbnail never starts the workflow. */
import { keyRegion } from './names';
import { bucketOfTheStack, type Rule, rule } from './rule';

/** Whether one prefix begins with the other. */
const overlap = (from: string, to: string) => from.startsWith(to) || to.startsWith(from);

export const BUCKET_RULES: readonly Rule[] = [
  // The next two would be ignored silently if the stack creates the bucket.
  rule(
    'uploads.manageNotifications',
    ({ uploads }) => uploads.existingBucket === undefined && uploads.manageNotifications,
    () =>
      'expected uploads.existingBucket with it, received none: the stack always manages the notifications of a bucket that it creates; leave it out',
  ),
  rule(
    'uploads.kmsKeyArn',
    ({ uploads }) => uploads.existingBucket === undefined && uploads.kmsKeyArn !== undefined,
    () =>
      'expected uploads.existingBucket with it, received none: it names the key of an existing bucket; use encryption.customerManagedKey to encrypt a new one',
  ),
  rule(
    'uploads.kmsKeyArn',
    ({ uploads, region }) => (keyRegion(uploads.kmsKeyArn) ?? region) !== region,
    ({ uploads, region }) =>
      `expected a key in the region of the settings, which is ${region}, received one in ${keyRegion(uploads.kmsKeyArn)}: a bucket is encrypted with a key of its own region, and the bucket has to be in the region of the stack`,
  ),
  rule(
    'uploads.existingBucket',
    (settings) => bucketOfTheStack(settings, settings.uploads.existingBucket, settings.region) !== undefined,
    (settings) =>
      `expected a bucket that is not one of this stack, received "${settings.uploads.existingBucket}", its bucket for ${bucketOfTheStack(settings, settings.uploads.existingBucket)}: choose another namePrefix or another bucket`,
  ),
  // Otherwise a thumbnail would start the workflow, or the permission to write and delete thumbnails would include uploads.
  rule(
    'thumbnails.prefix',
    ({ uploads, thumbnails }) =>
      thumbnails.bucket === 'uploads' && overlap(uploads.prefix, thumbnails.prefix),
    ({ uploads: { prefix: from }, thumbnails: { prefix: to } }) => {
      const upload = `${from}photo.jpg`;
      const thumbnail = `${to}${upload}/thumbnail.jpg`;
      const reason = thumbnail.startsWith(from)
        ? `each thumbnail would count as an upload, endlessly: ${upload} → ${thumbnail} → ${to}${thumbnail}/thumbnail.jpg → …`
        : `the permission to write and delete thumbnails, "${to}*", would include the uploads`;
      return `expected, with thumbnails.bucket "uploads", two prefixes of which neither begins with the other, received thumbnails.prefix "${to}" and uploads.prefix "${from}": ${reason}; use for example uploads.prefix "uploads/" and thumbnails.prefix "thumbnails/"`;
    },
  ),
  rule(
    'lifecycle.originals.transition',
    ({ uploads, lifecycle: { originals } }) =>
      uploads.existingBucket !== undefined && originals.transition !== 'none',
    ({ lifecycle: { originals } }) =>
      `expected "none" with uploads.existingBucket, received "${originals.transition}": the stack leaves the lifecycle of that bucket alone; add the transition there yourself`,
  ),
  rule(
    'logs.accessLogsBucket',
    (settings) => bucketOfTheStack(settings, settings.logs.accessLogsBucket) !== undefined,
    ({ logs }) =>
      `expected a bucket that exists before the stack, received "${logs.accessLogsBucket}", which is one of its own: S3 would log the writing of each log, endlessly; name another bucket for logs`,
  ),
];
