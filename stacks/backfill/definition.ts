/**
 * The state machine of backfills, as a pure function from ARNs to an Amazon States Language definition: a Distributed Map over
 * the objects of the bucket. Its children run the workflow itself, by way of a function that first looks whether an image needs
 * it: docs/adr/0012-backfill-by-batches.md.
 */
import { BATCH_ITEMS, divided } from '../../contract/backfill';
import { CRASHES, LAMBDA_FAULTS } from '../../contract/service-errors';
import { present, THROTTLED } from '../state-machine/task-state';

export interface BackfillArns {
  /** Version of the function. */
  backfill: string;
  /** Name of the bucket with the images. */
  uploads: string;
  /** Where the report goes. */
  results: { bucket: string; prefix: string };
  /** Topic that gets a message when a run has ended. */
  topic: string;
  /**
   * Name of the bucket with inventories.
   * @default - objects can only be listed
   */
  inventoryBucket?: string;
}

/**
 * Percent of the children that may fail without the run being stopped. They fail for infrastructure alone: few do in an outage
 * that passes, and nearly all do without a permission.
 */
const TOLERATED_PERCENT = 5;

/** Bytes of a child's input: a key has up to 1,024, which JSON may write as six times as many. Step Functions takes 262,144. */
const BATCH_BYTES = 200_000;

/** In the worst case the waits take 111 s, and with the function's 173 s they fit into the 300 s after which AWS ends a child. */
const backoff = { IntervalSeconds: 3, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: 'FULL' };

/**
 * @param timeoutSeconds of the function
 * @param concurrency the most images that a run may work on at once
 */
export function backfillDefinition(arns: BackfillArns, timeoutSeconds: number, concurrency: number) {
  const { children, atOnce } = divided(concurrency);
  const valid = [
    ...['prefix', 'only', 'since', 'limit', 'children', 'atOnce'].map((field) => present(`$.${field}`)),
    ...['prefix', 'only', 'since'].map((field) => ({ Variable: `$.${field}`, IsString: true })),
    { Variable: '$.limit', IsNumeric: true },
    { Variable: '$.children', IsNumeric: true },
    { Variable: '$.children', NumericLessThanEquals: children },
    { Variable: '$.atOnce', IsNumeric: true },
    { Variable: '$.atOnce', NumericLessThanEquals: Math.max(atOnce, ...(children > 1 ? [10] : [])) },
  ];
  const { inventoryBucket } = arns;
  return {
    Comment: 'Makes the thumbnails of images that are in the bucket already.',
    StartAt: 'CheckInput',
    States: {
      CheckInput: {
        Type: 'Choice',
        Comment: 'Is it what npm run backfill starts a run with, and within the settings?',
        Choices: [
          ...(inventoryBucket
            ? [
                {
                  And: [
                    ...valid,
                    present('$.inventory.key'),
                    { Variable: '$.inventory.key', IsString: true },
                  ],
                  Next: 'ReadInventory',
                },
              ]
            : []),
          { And: [...valid, { Not: present('$.inventory') }], Next: 'ListObjects' },
        ],
        Default: 'InvalidInput',
      },
      InvalidInput: {
        Type: 'Fail',
        Error: 'InvalidInput',
        Cause: `Start a run with npm run backfill. It works on at most ${concurrency} images at once, and reads an inventory only from the bucket in the settings.`,
      },
      ListObjects: {
        Comment: 'Lists the objects, and starts a child for each batch of them.',
        ...map(arns, timeoutSeconds, 'Objects', {
          Resource: 'arn:aws:states:::s3:listObjectsV2',
          ReaderConfig: { MaxItemsPath: '$.limit' },
          Parameters: { Bucket: arns.uploads, 'Prefix.$': '$.prefix' },
        }),
      },
      ...(inventoryBucket && {
        ReadInventory: {
          Comment: 'Reads the objects from an inventory, and starts a child for each batch of them.',
          ...map(arns, timeoutSeconds, 'Inventory', {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'MANIFEST', MaxItemsPath: '$.limit' },
            Parameters: { Bucket: inventoryBucket, 'Key.$': '$.inventory.key' },
          }),
        },
      }),
      Summarize: {
        Type: 'Task',
        Comment: 'Words the one mail about the run.',
        Resource: arns.backfill,
        Parameters: {
          summarize: {
            'run.$': '$$.Execution.Name',
            'execution.$': '$$.Execution.Id',
            'manifest.$': '$.map.ResultWriterDetails',
          },
        },
        ResultPath: '$.summary',
        TimeoutSeconds: timeoutSeconds + TASK_MARGIN,
        Retry: retries,
        Next: 'Tell',
      },
      Tell: {
        Type: 'Task',
        Comment: 'Publishes it. Whoever gets mails about alarms gets this one.',
        Resource: 'arn:aws:states:::sns:publish',
        Parameters: {
          TopicArn: arns.topic,
          'Subject.$': '$.summary.subject',
          'Message.$': '$.summary.text',
        },
        ResultPath: '$.told',
        TimeoutSeconds: 10,
        Retry: [{ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], MaxAttempts: 3, ...backoff }],
        End: true,
      },
    },
  };
}

/** Seconds that a Task waits beyond its function's own timeout. */
const TASK_MARGIN = 3;

const retries = [
  { ErrorEquals: [THROTTLED, 'TransientError', 'Throttled', ...LAMBDA_FAULTS], MaxAttempts: 6, ...backoff },
  { ErrorEquals: CRASHES, MaxAttempts: 1, ...backoff },
];

function map(arns: BackfillArns, timeoutSeconds: number, label: string, reader: object) {
  const { bucket, prefix } = arns.results;
  // No two states of a machine have the same name.
  const work = `Backfill${label}`;
  return {
    Type: 'Map',
    Label: label,
    ItemReader: reader,
    ItemBatcher: {
      MaxItemsPerBatch: BATCH_ITEMS,
      MaxInputBytesPerBatch: BATCH_BYTES,
      BatchInput: {
        'run.$': '$$.Execution.Name',
        'only.$': '$.only',
        'since.$': '$.since',
        'atOnce.$': '$.atOnce',
      },
    },
    MaxConcurrencyPath: '$.children',
    ToleratedFailurePercentage: TOLERATED_PERCENT,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: work,
      States: {
        [work]: {
          Type: 'Task',
          Comment: 'Looks at each image of the batch, and runs the workflow for those that need it.',
          Resource: arns.backfill,
          TimeoutSeconds: timeoutSeconds + TASK_MARGIN,
          Retry: retries,
          End: true,
        },
      },
    },
    ResultWriter: {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: bucket, Prefix: prefix },
    },
    ResultPath: '$.map',
    Next: 'Summarize',
  };
}
