/** Settings of buckets: where uploads and thumbnails are, and how long objects are kept. */
import { flag, group, integer, list, oneOf, text } from './expectations';
import { BUCKET_NAME, keyArn, keyPrefix } from './names';

/**
 * Nothing that a policy or Terraform reads as more than itself, since it limits what may be written, and nothing that a URL
 * encodes or loses, since it begins the path of every thumbnail's URL. 200 characters leave room for a shortened source key.
 */
const THUMBNAILS_PREFIX = /^(?=.{0,200}$)(?:(?!\.{1,2}(?:\/|$))[\w.~-]+(?:\/|$))*$/;

export const uploads = group({
  prefix: keyPrefix().default('').meta({
    description:
      'Only keys that start with this start the workflow. With a prefix, suffixes only match in lower, UPPER and Capitalised case (`.jpg`, `.JPG`, `.Jpg`). Every other object below the prefix starts an execution too, which ends at once and notifies nobody. It costs one request, 0.1 s of an Express workflow and its log lines: see `npm run estimate -- --others N`.',
  }),
  suffixes: list(text(/^[a-z0-9]{1,10}$/, 'a suffix of 1 to 10 characters without the dot: a-z, 0-9'), {
    least: 1,
    most: 30,
    identity: (suffix) => suffix,
  })
    .default([
      ...['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp', 'png', 'apng', 'webp', 'gif'],
      ...['heic', 'heif', 'avif', 'tif', 'tiff', 'bmp', 'svg'],
    ])
    .meta({
      description:
        'File name endings that start the workflow, in any letter case. The default contains more than the accepted formats on purpose: a refused iPhone photo then causes a mail about `UnsupportedFormat`, rather than nothing at all.',
    }),
  existingBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
    description:
      'An existing bucket to use instead of a new one. It must be in the stack’s region and account. The stack doesn’t change it. It must send its events to EventBridge: `npm run deploy` checks this and says how to turn it on. If you set this later, the bucket that the stack created is deleted: see docs/buckets.md.',
  }),
  manageNotifications: flag().default(false).meta({
    description:
      'Whether the stack turns EventBridge on in the existing bucket. Terraform then owns all notifications of the bucket: a deploy removes those to other queues, topics and functions, and destroy turns EventBridge off again.',
  }),
  kmsKeyArn: keyArn().optional().meta({
    description:
      'The customer-managed key with which an existing bucket is encrypted. The functions may use it through S3; the key policy has to delegate to IAM policies of the account.',
  }),
})
  .prefault({})
  .meta({ description: 'Which uploads start the workflow, and where they are.' });

export const thumbnails = group({
  bucket: oneOf(['own', 'uploads']).default('own').meta({
    description:
      'Whether thumbnails get their own bucket or go to the uploads bucket, which then needs two prefixes so that no thumbnail counts as an upload. If you change this later, the thumbnails’ own bucket is deleted: see docs/buckets.md.',
  }),
  prefix: text(
    THUMBNAILS_PREFIX,
    'a key prefix of at most 200 characters: A-Z, a-z, 0-9, "-", ".", "_", "~", and "/" between parts that are not empty, "." or ".."',
  )
    .default('')
    .meta({
      description:
        'Start of the key of every thumbnail: `<prefix><source key>/<variant>.<extension>`, where characters of the source key that a URL would encode are escaped (docs/delivery.md). Changing it leaves earlier thumbnails where they are.',
    }),
})
  .prefault({})
  .meta({ description: 'Where thumbnails are stored.' });

export const lifecycle = group({
  noncurrentDays: integer(1, 3_650).default(30).meta({
    description:
      'For how many days replaced and deleted versions of uploads and of quarantined originals can still be read.',
  }),
  quarantineDays: integer(1, 3_650).optional().meta({
    description:
      'Days after which a quarantined original is deleted; it can be read for `lifecycle.noncurrentDays` more. By default originals stay, so that nothing is lost before someone has looked at it.',
  }),
  originals: group({
    transition: oneOf(['none', 'STANDARD_IA', 'INTELLIGENT_TIERING']).default('none').meta({
      description:
        'Storage class that uploads move to. `STANDARD_IA` costs less to store and more to read; `INTELLIGENT_TIERING` chooses by how often an object is read. S3 doesn’t move objects below 128 KB.',
    }),
    afterDays: integer(0, 3_650).default(30).meta({
      description: 'Days after which they move. For `STANDARD_IA`, S3 requires 30 or more.',
    }),
  })
    .prefault({})
    .meta({ description: 'A cheaper storage class for uploads, which are rarely read again.' }),
})
  .prefault({})
  .meta({ description: 'How long the buckets keep objects, and in which storage class.' });
