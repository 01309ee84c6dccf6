/** Settings of buckets: where uploads and thumbnails are, and how long what is kept. */
import { flag, group, integer, list, oneOf, text } from './expectations';
import { BUCKET_NAME, keyPrefix } from './names';

/**
 * Nothing that a policy or Terraform reads as more than itself, since it limits what may be written. 200 characters
 * leave room for the SHA-256 that stands in for a long key.
 */
const THUMBNAILS_PREFIX = /^(?!.*%\{)[^\p{Cc}\p{Cs}*?$&]{0,200}$/u;

export const uploads = group({
  prefix: keyPrefix().default('').meta({
    description:
      'Only keys that start with this begin a workflow. With a prefix, EventBridge can match a suffix in lower, UPPER and Capitalised case only (`.jpg`, `.JPG`, `.Jpg`).',
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
        'File name endings that begin a workflow, in any letter case. It holds more than the accepted formats on purpose: an iPhone photo then ends in a mail that names `UnsupportedFormat` instead of in silence.',
    }),
  existingBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
    description:
      'A bucket that is there already, in the region of the stack and in its account, to watch instead of making one. Nothing about it is changed. It has to send its events to EventBridge: `npm run deploy` asks, and says how to turn that on. Changing it later takes away the bucket that the stack made: see docs/buckets.md.',
  }),
  manageNotifications: flag().default(false).meta({
    description:
      'Whether the stack turns EventBridge on in the existing bucket. Terraform then owns all notifications of the bucket: those to queues, topics and functions that it does not know are removed on deploy, and EventBridge is turned off again on destroy.',
  }),
  kmsKeyArn: text(
    /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,64}$/,
    'the ARN of a KMS key such as "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234"',
  )
    .optional()
    .meta({
      description:
        'The customer-managed key an existing bucket is encrypted with. The functions get its use through S3; its own policy has to let the account decide.',
    }),
})
  .prefault({})
  .meta({ description: 'Which uploads begin a workflow, and where they are.' });

export const thumbnails = group({
  bucket: oneOf(['own', 'uploads']).default('own').meta({
    description:
      'Where thumbnails go: to a bucket of their own, or into the one of the uploads, which takes two prefixes so that no thumbnail counts as an upload. Changing it later takes away the bucket of their own: see docs/buckets.md.',
  }),
  prefix: text(
    THUMBNAILS_PREFIX,
    'a key prefix of at most 200 characters without control characters, "*", "?", "$", "&" or "%{"',
  )
    .default('')
    .meta({
      description:
        'Start of the key of every thumbnail: `<prefix><source key>/<variant>.<extension>`. Changing it leaves earlier thumbnails where they are.',
    }),
})
  .prefault({})
  .meta({ description: 'Where thumbnails lie.' });

export const lifecycle = group({
  noncurrentDays: integer(1, 3_650).default(30).meta({
    description:
      'Days that replaced and deleted versions of uploads and of quarantined originals can still be read.',
  }),
  quarantineDays: integer(1, 3_650).optional().meta({
    description:
      'Days after which a quarantined original is deleted; it can be read for `lifecycle.noncurrentDays` more. Without it, they stay: nothing is lost before someone has looked.',
  }),
  originals: group({
    transition: oneOf(['none', 'STANDARD_IA', 'INTELLIGENT_TIERING']).default('none').meta({
      description:
        'Storage class that uploads move to. `STANDARD_IA` costs less to keep and more to read, `INTELLIGENT_TIERING` finds out by itself. S3 leaves objects below 128 KB where they are.',
    }),
    afterDays: integer(0, 3_650).default(30).meta({
      description: 'Days after which they move. For `STANDARD_IA`, S3 asks for 30 or more.',
    }),
  })
    .prefault({})
    .meta({ description: 'Uploads that are seldom read again.' }),
})
  .prefault({})
  .meta({ description: 'How long the buckets keep what, and where.' });
