/** Rules of the buckets: an existing one is its owner's, and thumbnails never begin the workflow that makes them. */
import type { Problem } from './problems';
import type { Settings } from './schema';

type Rule = (settings: Settings) => Problem[];

/** What is said of a bucket that the stack makes itself would be lost without a word. */
const onlyAnExistingBucketHasAnOwner: Rule = ({ uploads }) => {
  if (uploads.existingBucket !== undefined) return [];
  return [
    ...(uploads.manageNotifications
      ? [
          {
            path: ['uploads', 'manageNotifications'],
            message:
              'expected uploads.existingBucket beside it, received none: the stack always manages the bucket it makes itself',
          },
        ]
      : []),
    ...(uploads.kmsKeyArn !== undefined
      ? [
          {
            path: ['uploads', 'kmsKeyArn'],
            message:
              'expected uploads.existingBucket beside it, received none: it names the key of a bucket that is there already',
          },
        ]
      : []),
  ];
};

/** A bucket is encrypted by a key of its own region. */
const keyIsInTheRegion: Rule = ({ uploads, region }) => {
  const found = uploads.kmsKeyArn?.split(':')[3];
  return found === undefined || found === region
    ? []
    : [
        {
          path: ['uploads', 'kmsKeyArn'],
          message: `expected a key in the region of the settings, which is ${region}, received one in ${found}: a bucket is encrypted by a key of its own region, and has to be in that of the stack`,
        },
      ];
};

const uploadsAreNotWhereTheStackWrites: Rule = ({ namePrefix, region, uploads }) => {
  const [, role] =
    new RegExp(`^${namePrefix}-(uploads|thumbnails|quarantine)-\\d{12}-${region}$`).exec(
      uploads.existingBucket ?? '',
    ) ?? [];
  return role === undefined
    ? []
    : [
        {
          path: ['uploads', 'existingBucket'],
          message: `expected a bucket that is not one of this stack, received "${uploads.existingBucket}", its bucket for ${role}: choose another namePrefix or another bucket`,
        },
      ];
};

/**
 * In one bucket, neither prefix may begin with the other: no thumbnail then begins the workflow, and the right to write
 * and delete thumbnails ends where the uploads begin.
 */
const thumbnailsBeginNoWorkflow: Rule = ({ uploads, thumbnails }) => {
  if (thumbnails.bucket !== 'uploads') return [];
  const [from, to] = [uploads.prefix, thumbnails.prefix];
  const apart = !from.startsWith(to) && !to.startsWith(from);
  if (apart) return [];
  const problem = (message: string) => [{ path: ['thumbnails', 'prefix'], message }];
  const wanted = `expected, with thumbnails.bucket "uploads", two prefixes of which neither begins with the other, received thumbnails.prefix "${to}" and uploads.prefix "${from}"`;
  const advice = 'use for example uploads.prefix "uploads/" and thumbnails.prefix "thumbnails/"';
  const upload = `${from}photo.jpg`;
  const thumbnail = `${to}${upload}/thumbnail.jpg`;
  if (!thumbnail.startsWith(from)) {
    return problem(
      `${wanted}: the right to write and delete thumbnails, "${to}*", would hold for the uploads too; ${advice}`,
    );
  }
  return problem(
    `${wanted}: each thumbnail would be an upload, without end: ${upload} → ${thumbnail} → ${to}${thumbnail}/thumbnail.jpg → …; ${advice}`,
  );
};

/** Settings of the bucket that the stack makes have no effect on one that it does not. */
const lifecycleIsOfTheOwner: Rule = ({ uploads, lifecycle: { originals } }) =>
  uploads.existingBucket === undefined || originals.transition === 'none'
    ? []
    : [
        {
          path: ['lifecycle', 'originals', 'transition'],
          message: `expected "none" with uploads.existingBucket, received "${originals.transition}": the lifecycle of that bucket is left to its owner; add the transition there`,
        },
      ];

/** S3 would log the writing of each log, without end; and a bucket of the stack is not there before the stack is. */
const accessLogsAreElsewhere: Rule = ({ namePrefix, logs: { accessLogsBucket = '' } }) =>
  new RegExp(`^${namePrefix}-(uploads|thumbnails|quarantine)-\\d{12}-`).test(accessLogsBucket)
    ? [
        {
          path: ['logs', 'accessLogsBucket'],
          message: `expected a bucket that exists before the stack, received "${accessLogsBucket}", which is one of its own: S3 would log the writing of every log, without end; name a bucket for logs`,
        },
      ]
    : [];

export const BUCKET_RULES: Rule[] = [
  onlyAnExistingBucketHasAnOwner,
  keyIsInTheRegion,
  uploadsAreNotWhereTheStackWrites,
  thumbnailsBeginNoWorkflow,
  lifecycleIsOfTheOwner,
  accessLogsAreElsewhere,
];
