/**
 * Metrics in CloudWatch's embedded metric format: a line of JSON in the log, of which CloudWatch makes metrics
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 *
 * Each name and each value of a dimension is a metric that is paid for: they are few, and no dimension holds a key.
 */
import { ERRORS } from '../../../contract/errors';

/** What is measured, and its unit as CloudWatch names it. */
export const UNITS = {
  /** Images that were taken up: each version once. */
  Uploads: 'Count',
  /** Thumbnails that were written, and their bytes. */
  Thumbnails: 'Count',
  ThumbnailBytes: 'Bytes',
  /** Those among them that were made when they were first asked for. */
  Rendered: 'Count',
  /** Bytes of originals that were read to make them. */
  SourceBytes: 'Bytes',
  /** Images that came to a good end. */
  Done: 'Count',
  /** One value for each image that came to an end: 1 for a failure, 0 otherwise. Their average is the failure ratio. */
  Failed: 'Count',
  /** Events that a newer one has overtaken. */
  Superseded: 'Count',
  /** Images that have been PROCESSING for more than ten minutes. */
  StuckRecords: 'Count',
  /** How long an event had been in the backlog when it was tried again. */
  BacklogAge: 'Seconds',
} as const;

export type Metrics = Partial<Record<keyof typeof UNITS, number>>;

/** The names a failure is counted under. CloudWatch keeps every name that was ever used, and bills it: no other. */
const COUNTED: ReadonlySet<string> = new Set([
  // Our own: contract/errors.ts, and the one that the resume function gives.
  ...Object.keys(ERRORS),
  'CapacityExhausted',
  // A permission that is missing: S3, DynamoDB, SNS, and KMS by way of SNS.
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationErrorException',
  'KMSAccessDeniedException',
  // Lambda's and Step Functions', once they were tried often enough: stacks/state-machine/task-state.ts.
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'States.Timeout',
]);

/** Where the error of a failure is none of the known ones. The record and the message hold its name. */
const OTHER = 'Other';

export interface Occurrence {
  /** Name of the workflow: the dimension that all metrics have. */
  workflow: string;
  metrics: Metrics;
  /** Name of the error, for a failure: counted under `Error` too. */
  error?: string;
  /** Level the line is given, so that no filter of log levels takes it away. */
  level: string;
  time: Date;
}

/**
 * One line of the log. It has `level` and `timestamp` because Lambda drops by level also what a function writes to its
 * output itself, and takes what has none for INFO
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
 * Writes metrics to the log. Not by `console`, which Lambda wraps. It never fails: what is measured is worth more than
 * the measurement.
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

/** Sums up what one run of a function does, to emit it as one line. */
export class Tally {
  private readonly sums: Metrics = {};

  add(metrics: Metrics): void {
    for (const [name, value] of Object.entries(metrics) as [keyof Metrics, number][]) {
      this.sums[name] = (this.sums[name] ?? 0) + value;
    }
  }

  /** Nothing is emitted where nothing was added. */
  emit(): void {
    if (Object.keys(this.sums).length > 0) emit(this.sums);
  }
}
