/**
 * Metrics in CloudWatch's embedded metric format: a line of JSON in the log, from which CloudWatch makes metrics
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 *
 * Every name, and every value of a dimension, is a metric that costs money: there are few, and no dimension holds a key.
 */
import { CRASHES, LAMBDA_FAULTS } from '../../../contract/service-errors';
import { ERRORS } from '../../../contract/vocabulary';

/** What is measured, and its unit as CloudWatch names it. */
export const UNITS = {
  /** Images that began to be processed: each version once. */
  Uploads: 'Count',
  /** Thumbnails that were written, and their bytes. */
  Thumbnails: 'Count',
  ThumbnailBytes: 'Bytes',
  /** Those of them that were made on their first request. */
  Rendered: 'Count',
  /** Bytes of originals that were read to make them. */
  SourceBytes: 'Bytes',
  /** Images that succeeded. */
  Done: 'Count',
  /** One value for each image that has ended: 1 for a failure, 0 otherwise. Their average is the failure ratio. */
  Failed: 'Count',
  /** Events that a newer one has overtaken. */
  Superseded: 'Count',
  /** Images that have been PROCESSING for more than ten minutes. */
  StuckRecords: 'Count',
  /** How long an event had been in the backlog when it was tried again. */
  BacklogAge: 'Seconds',
} as const;

export type Metrics = Partial<Record<keyof typeof UNITS, number>>;

/** The names that failures are counted under, and no others: CloudWatch keeps and bills every name that was ever used. */
const COUNTED: ReadonlySet<string> = new Set([
  ...Object.keys(ERRORS),
  // A missing permission, as S3, DynamoDB, SNS and KMS (through SNS) name it.
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationErrorException',
  'KMSAccessDeniedException',
  // An original that S3 doesn't give out: encrypted with the uploader's own key, or archived.
  'InvalidRequest',
  'InvalidObjectState',
  // What is left after the retries of the state machine.
  ...LAMBDA_FAULTS,
  ...CRASHES,
]);

/** Stands for any other error. The record and the message hold its name. */
const OTHER = 'Other';

export interface Occurrence {
  /** Name of the workflow: the dimension that all metrics have. */
  workflow: string;
  metrics: Metrics;
  /** Name of the error if it is a failure: then it is counted under `Error` too. */
  error?: string;
  /** Log level of the line, so that no filter of levels drops it. */
  level: string;
  time: Date;
}

/**
 * One line of the log. It has `level` and `timestamp` because Lambda filters by level even what a function writes to its
 * output directly, and takes a line without one for INFO
 * (docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
 */
export function embedded({ workflow, metrics, error, level, time }: Occurrence): object {
  return {
    _aws: {
      Timestamp: time.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'ThumbnailWorkflow',
          Dimensions: error === undefined ? [['Workflow']] : [['Workflow'], ['Workflow', 'Error']],
          Metrics: (Object.keys(metrics) as (keyof Metrics)[]).map((Name) => ({ Name, Unit: UNITS[Name] })),
        },
      ],
    },
    level,
    timestamp: time.toISOString(),
    Workflow: workflow,
    ...(error !== undefined && { Error: COUNTED.has(error) ? error : OTHER }),
    ...metrics,
  };
}

/**
 * Writes metrics to the log, but not through `console`, which Lambda wraps. It never throws: the work matters more than its
 * measurement.
 *
 * @param error name of the error, for a failure
 */
export function emit(metrics: Metrics, error?: string): void {
  const { WORKFLOW_NAME: workflow, AWS_LAMBDA_LOG_LEVEL: level = 'INFO' } = process.env;
  if (!workflow) return;
  try {
    const line = embedded({ workflow, metrics, error, level, time: new Date() });
    process.stdout.write(`${JSON.stringify(line)}\n`);
  } catch (failure) {
    console.warn('Expected to write metrics but could not:', failure);
  }
}

/** Adds up what one run of a function does, and emits it as one line. */
export class Tally {
  private readonly sums: Metrics = {};

  add(metrics: Metrics): void {
    for (const [name, value] of Object.entries(metrics) as [keyof Metrics, number][]) {
      this.sums[name] = (this.sums[name] ?? 0) + value;
    }
  }

  /** Emits nothing if nothing was added. */
  emit(): void {
    if (Object.keys(this.sums).length > 0) emit(this.sums);
  }
}
