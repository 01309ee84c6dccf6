/**
 * What `settings.json` may hold. Every key has a safe default, and an unknown key is refused.
 *
 * docs/settings.md and docs/settings.schema.json are generated from this schema: `npm run docs`.
 */
import { z } from 'zod';
import { alarmThresholds } from './alarm-thresholds';
import { backfill } from './backfill';
import { lifecycle, thumbnails, uploads } from './buckets';
import { delivery, uploadApi } from './delivery';
import { expect, flag, flagOr, group, integer, list, oneOf, text } from './expectations';
import { backlog, functions } from './function-sizes';
import { accept, limits, output, presets, sizeFromName } from './images';
import { BUCKET_NAME, REGION } from './names';
import { tagsAreTaken } from './tags';

/** Bucket names hold 63 characters: `<prefix>-thumbnails-<12 digits>-<region of at most 14>` leaves 24. */
const NAME_PREFIX = /^(?!sthree-|amzn-s3-demo-)(?=.{3,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const addresses = (what: string) =>
  list(z.email(expect('an email address')), { most: 50, identity: (address) => address.toLowerCase() })
    .default([])
    .meta({
      description: `Email addresses that are notified about ${what}. Each must confirm its subscription once.`,
    });

/** Retention periods CloudWatch Logs knows: PutRetentionPolicy, `retentionInDays`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const settingsSchema = group({
  $schema: z
    .string(expect('the path of a JSON Schema'))
    .optional()
    .meta({ description: 'Path of the JSON Schema, with which an editor completes this file.' }),
  namePrefix: text(
    NAME_PREFIX,
    'a name of 3 to 24 characters (a-z, 0-9, single "-" inside, first a letter, not "sthree-" or "amzn-s3-demo-")',
  )
    .default('thumbnail-workflow')
    .meta({
      description:
        'Start of the name of every resource. Two stacks in one account need two prefixes. Changing it replaces everything.',
    }),
  region: text(REGION, 'a region of the aws partition such as "eu-west-1"')
    .default('us-east-1')
    .meta({ description: 'AWS region of every resource.' }),
  tags: z
    .record(
      text(
        /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu,
        'a tag key of 1 to 128 letters, digits, spaces or _.:/=+-@, not starting with "aws:"',
      ),
      text(
        /^[\p{L}\p{N} _.:/=+@-]{0,256}$/u,
        'a tag value of at most 256 letters, digits, spaces or _.:/=+-@',
      ),
      expect('an object of tags'),
    )
    .superRefine(tagsAreTaken)
    .default({})
    .meta({
      description:
        'Tags for every resource that can have tags. At most 50, and their names must differ in more than letter case.',
    }),
  notifications: group({
    processed: addresses('each processed image'),
    errors: addresses('each image that failed'),
    operations: addresses('each alarm, when it goes off and when it is over'),
    events: flag().default(false).meta({
      description:
        'Whether each outcome is also an event on the account’s default EventBridge bus, for programs: `Thumbnails Ready`, `Image Failed` or `Thumbnails Removed`. docs/events.md has their shape and rules to copy. Costs 1 USD per million events.',
    }),
    runbookUrl: text(
      /^https:\/\/[^\s"'\\<>{}$#]{1,190}$/,
      'an https URL of at most 198 characters, without a fragment, such as "https://github.com/you/thumbnail-workflow/blob/main/docs/operations.md"',
    )
      .optional()
      .meta({
        description:
          'Where your team reads docs/operations.md. Mails about failures and alarms link to their sections there. Without it they name the file in the checkout.',
      }),
  })
    .prefault({})
    .meta({
      description:
        'Who is notified by email, and whether programs are notified by events. You can add other subscribers to the topics at any time.',
    }),
  uploads,
  thumbnails,
  sizeFromName,
  presets,
  accept,
  limits,
  output,
  delivery,
  uploadApi,
  logs: group({
    retentionDays: z
      .literal(RETENTION_DAYS, expect(`one of ${RETENTION_DAYS.join(', ')}`))
      .default(30)
      .meta({ description: 'For how many days logs are kept.' }),
    level: oneOf(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])
      .default('INFO')
      .meta({ description: 'Lowest level at which the functions’ own log lines are kept.' }),
    executionData: flag().default(true).meta({
      description:
        'Whether the input and output of each state is logged. The execution graph of the console needs it. It contains object keys.',
    }),
    accessLogsBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
      description:
        'An existing bucket for S3’s access logs of every bucket that the stack creates; the keys start with the name of the logged bucket. It must be in the stack’s region and account, its policy must let `logging.s3.amazonaws.com` put objects, and it must be encrypted with SSE-S3, not with KMS.',
    }),
  })
    .prefault({})
    .meta({ description: 'Logs of the functions, of the state machine and of the buckets.' }),
  functions,
  backlog,
  backfill,
  alarms: alarmThresholds,
  records: group({
    tombstoneDays: integer(1, 3_650).default(30).meta({
      description:
        'For how many days the record of a deleted image is kept. As long as it exists, no late event can bring the image back.',
    }),
  })
    .prefault({})
    .meta({ description: 'The table of records.' }),
  lifecycle,
  encryption: group({
    customerManagedKey: flagOr(['keep']).default(false).meta({
      description:
        'Whether buckets, topics, queues, the table, the logs and the functions’ variables are encrypted with a customer-managed KMS key. KMS charges for the key by the month and by the request. Uploaders then need `kms:GenerateDataKey` for it, and readers need `kms:Decrypt`. Existing objects keep their encryption. To turn it off, deploy `"keep"` first: nothing new is encrypted with the key, and everything that is can still be read. With `false`, or when the stack is destroyed, the key is deleted after 30 days, and what it still encrypts is lost: docs/deploy.md says how to copy that.',
    }),
  })
    .prefault({})
    .meta({
      description:
        'Everything is encrypted at rest without any setting, with keys that AWS owns and that cost nothing.',
    }),
  permissionsBoundary: text(
    /^arn:aws:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
    'the ARN of a policy such as "arn:aws:iam::123456789012:policy/boundary"',
  )
    .optional()
    .meta({
      description: 'Permissions boundary of every role, if the account requires one.',
    }),
  backend: group({
    bucket: text(BUCKET_NAME, 'the name of a bucket').meta({
      description:
        'An existing bucket. It should be versioned, so that an overwritten state can be restored.',
    }),
    key: text(
      /^(?!.*[$%]\{)[^/\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]{0,511}$/u,
      'a key of 1 to 512 characters without control characters, "${" or "%{", and not starting with "/"',
    )
      .optional()
      .meta({ description: 'Key of the state. Without it, `<namePrefix>.tfstate`.' }),
    region: text(REGION, 'a region of the aws partition such as "eu-west-1"')
      .optional()
      .meta({ description: 'Region of that bucket. Without it, the region of the stack.' }),
  })
    .optional()
    .meta({
      description:
        'S3 bucket that keeps the Terraform state, encrypted, and locked while someone deploys. Without it, the state is a file next to cdktf.json, for one person on one machine. After a change, deploy once with `--migrate-state`.',
    }),
  deletionProtection: flag().default(true).meta({
    description:
      'Whether AWS refuses to delete the table of records. Set it to false and deploy once before `npm run destroy`.',
  }),
  emptyBucketsOnDestroy: flag().default(false).meta({
    description:
      'Whether destroy deletes the objects in the buckets. If false, destroy stops at a bucket that is not empty. If true, `deletionProtection` has to be false.',
  }),
  pointInTimeRecovery: flag()
    .default(true)
    .meta({ description: 'Whether the table can be restored to any second of the last 35 days.' }),
}).meta({ title: 'Settings of thumbnail-workflow' });

/** Validated settings with every default filled in. */
export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type Preset = Settings['presets'][number];
