/**
 * What `settings.json` may hold. Every key has a safe default, and an unknown key is refused.
 *
 * docs/settings.md and docs/settings.schema.json are generated from this file: `npm run docs`.
 */
import { z } from 'zod';
import { expect, flag, group, integer, list, oneOf, text } from './expectations';

/** Bucket names hold 63 characters: `<prefix>-thumbnails-<12 digits>-<region of at most 14>` leaves 24. */
const NAME_PREFIX = /^(?!sthree-|amzn-s3-demo-)(?=.{3,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Regions of the `aws` partition: the definition names `arn:aws:states:::sns:publish`. */
const REGION = /^(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|southeast)-\d$/;

/** Any S3 key that is no Terraform template: `${` and `%{` would be evaluated on deploy. */
const KEY_PREFIX = /^(?!.*[$%]\{)[^\p{Cc}\p{Cs}]{0,512}$/u;

const keyPrefix = () =>
  text(KEY_PREFIX, 'a key prefix of at most 512 characters without control characters, "${" or "%{"');

const name = (what: string) =>
  text(
    /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
    `a ${what} name of 1 to 32 characters: a-z, 0-9, and "-" inside`,
  );

const addresses = (what: string) =>
  list(z.email(expect('an email address')), { most: 50, identity: (address) => address.toLowerCase() })
    .default([])
    .meta({ description: `Email addresses told of ${what}. Each must confirm its subscription once.` });

const side = (what: string) =>
  integer(1, 10_000)
    .optional()
    .meta({ description: `Greatest ${what} in pixels. Width, height or both.` });

const variant = group({
  name: name('variant').meta({
    description: 'Names the thumbnail: `<source key>/<variant>.<extension>`.',
  }),
  width: side('width'),
  height: side('height'),
  fit: oneOf(['inside', 'cover', 'contain', 'fill']).default('inside').meta({
    description:
      '`inside` keeps the whole image within the box, `cover` fills the box and crops, `contain` pads to the box, `fill` stretches. Nothing is enlarged.',
  }),
  format: oneOf(['same', 'jpeg', 'webp', 'avif', 'png'])
    .default('same')
    .meta({ description: 'Format of the thumbnail; `same` keeps that of the source.' }),
  quality: integer(1, 100).default(80).meta({ description: 'Encoder quality of jpeg, webp and avif.' }),
}).refine((value) => value.width !== undefined || value.height !== undefined, {
  error: 'expected a width, a height or both, received neither',
});

const preset = group({
  name: name('preset').meta({ description: 'Stands in the record and in the message.' }),
  prefix: keyPrefix()
    .default('')
    .meta({ description: 'Keys that start with this use the preset; the longest match wins.' }),
  variants: list(variant, { least: 1, most: 20, identity: (item) => item.name }).meta({
    description: 'Thumbnails to make of each image.',
  }),
});

const memory = (megabytes: number) =>
  integer(128, 10_240)
    .default(megabytes)
    .meta({ description: 'Memory in MB; CPU grows with it, and 1769 is one full vCPU.' });

const reservedConcurrency = () =>
  integer(1, 100_000).optional().meta({
    description:
      'Concurrency kept free for this function, which is also the most it gets. Without it, it shares that of the account.',
  });

const lambda = (memoryMb: number, timeoutSeconds: number, what: string) =>
  group({
    memoryMb: memory(memoryMb),
    timeoutSeconds: integer(1, 120)
      .default(timeoutSeconds)
      .meta({ description: 'Seconds one attempt may run. All attempts together must fit an execution.' }),
    reservedConcurrency: reservedConcurrency(),
  })
    .prefault({})
    .meta({ description: what });

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
    .default({})
    .meta({ description: 'Tags of every resource that takes tags.' }),
  notifications: group({
    processed: addresses('each processed image'),
    errors: addresses('each image that failed'),
  })
    .prefault({})
    .meta({ description: 'Who is told by email. Other subscribers can join the topics at any time.' }),
  uploads: group({
    prefix: keyPrefix().default('').meta({
      description:
        'Only keys that start with this begin a workflow. With a prefix, EventBridge can match a suffix in lower, UPPER and Capitalised case only (`.jpg`, `.JPG`, `.Jpg`).',
    }),
    suffixes: list(text(/^[a-z0-9]{1,10}$/, 'a suffix of 1 to 10 characters without the dot: a-z, 0-9'), {
      least: 1,
      most: 30,
      identity: (suffix) => suffix,
    })
      .default(['jpg', 'jpeg', 'png', 'webp', 'gif', 'heic', 'heif', 'avif', 'tif', 'tiff', 'bmp', 'svg'])
      .meta({
        description:
          'File name endings that begin a workflow, in any letter case. It holds more than the accepted formats on purpose: an iPhone photo then ends in a mail that names `UnsupportedFormat` instead of in silence.',
      }),
  })
    .prefault({})
    .meta({ description: 'Which uploads begin a workflow.' }),
  presets: list(preset, { least: 1, most: 20, identity: (item) => item.name })
    .default([
      {
        name: 'default',
        prefix: '',
        variants: [
          { name: 'thumbnail', width: 200, height: 200, fit: 'inside', format: 'same', quality: 80 },
        ],
      },
    ])
    .meta({ description: 'Thumbnails to make, by key prefix.' }),
  accept: list(oneOf(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff']), {
    least: 1,
    most: 6,
    identity: (format) => format,
  })
    .default(['jpeg', 'png', 'webp', 'gif'])
    .meta({
      description:
        'Formats that are decoded, judged by the bytes and not by the name. `avif` and `tiff` have decoders with a worse record of vulnerabilities.',
    }),
  limits: group({
    bytes: integer(1, 256 * 1024 * 1024)
      .default(50 * 1024 * 1024)
      .meta({ description: 'Greatest size of an image in bytes.' }),
    pixels: integer(1, 268_402_689)
      .default(50_000_000)
      .meta({ description: 'Greatest width × height. 50 million pixels need up to 1 GB to decode.' }),
    side: integer(1, 65_535)
      .default(16_384)
      .meta({ description: 'Greatest width and greatest height in pixels.' }),
    frames: integer(1, 10_000)
      .default(1_000)
      .meta({ description: 'Greatest number of frames of an animation. The first one is used.' }),
  })
    .prefault({})
    .meta({ description: 'Images beyond a limit fail with `ImageTooLarge`.' }),
  output: group({
    cacheControl: text(
      /^(?!.*[$%]\{)[\x20-\x7e]{1,256}$/,
      'a Cache-Control header of 1 to 256 ASCII characters without "${" or "%{"',
    )
      .default('public, max-age=1209600')
      .meta({ description: 'Cache-Control header of every thumbnail. The default is 14 days.' }),
    background: text(/^#[0-9a-f]{6}$/i, 'a colour such as "#ffffff"')
      .default('#ffffff')
      .meta({
        description: 'Colour under transparent parts where the output format has no transparency.',
      }),
  })
    .prefault({})
    .meta({ description: 'How thumbnails are written.' }),
  logs: group({
    retentionDays: z
      .literal(RETENTION_DAYS, expect(`one of ${RETENTION_DAYS.join(', ')}`))
      .default(30)
      .meta({ description: 'Days that logs are kept.' }),
    level: oneOf(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])
      .default('INFO')
      .meta({ description: 'Least level of the functions’ own log lines.' }),
    executionData: flag().default(true).meta({
      description:
        'Whether the input and output of each state is logged. The execution graph of the console needs it; it holds object keys.',
    }),
  })
    .prefault({})
    .meta({ description: 'Logs of the functions and of the state machine.' }),
  functions: group({
    validate: lambda(512, 5, 'Judges the upload by its bytes.'),
    thumbnail: lambda(1769, 20, 'Makes the thumbnails.'),
    storeMetadata: lambda(512, 3, 'Writes the record.'),
    notify: lambda(512, 3, 'Tells the processed topic.'),
    quarantine: lambda(512, 5, 'Keeps the original of a failure.'),
    remove: lambda(512, 7, 'Follows a deletion.'),
    resume: group({ memoryMb: memory(256), reservedConcurrency: reservedConcurrency() })
      .prefault({})
      .meta({ description: 'Takes events out of the backlog. It runs for as long as an execution may.' }),
  })
    .prefault({})
    .meta({
      description:
        'Memory, timeout and concurrency of each function. `resume` has no timeout of its own: it runs for as long as an execution may. An account keeps 100 of its concurrency unreserved; a new account may have 10 in all, and then nothing can be reserved.',
    }),
  backlog: group({
    concurrency: integer(2, 1_000).default(5).meta({
      description:
        'Executions at once out of the backlog. Each takes two of the account’s concurrency: one that waits and one that works. The default suits a new account, which may have 10 in all; where there are 1000, 100 drains a backlog twenty times as fast.',
    }),
  })
    .prefault({})
    .meta({ description: 'Events for which no capacity was free wait in a queue, and are taken up again.' }),
  records: group({
    tombstoneDays: integer(1, 3_650).default(30).meta({
      description:
        'Days that the record of a deleted image is kept. As long as it is there, no late event can bring the image back.',
    }),
  })
    .prefault({})
    .meta({ description: 'The table of records.' }),
  emptyBucketsOnDestroy: flag().default(false).meta({
    description:
      'Whether destroy deletes what the buckets hold. When false, destroy stops at a bucket that is not empty.',
  }),
  pointInTimeRecovery: flag()
    .default(true)
    .meta({ description: 'Whether the table can be restored to any second of the last 35 days.' }),
}).meta({ title: 'Settings of thumbnail-workflow' });

/** Validated settings with every default filled in. */
export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type Preset = Settings['presets'][number];
