import { randomUUID } from 'node:crypto';
import type { ObjectEvent } from '../../contract/event';
import type { ImageRecord } from '../../contract/record';
import type { Source } from '../../contract/source';
import type { CaughtError } from '../../contract/states';
import { isImageError } from '../../contract/vocabulary';
import type { Outcome } from '../lib/records/records';
import { fail, failAgain, type Update } from '../lib/records/updates';

/** What the workflow needs to know of a failure that it didn't see: Route takes an event with an `error` to Quarantine. */
export interface FailureReport
  extends Pick<ObjectEvent, 'id' | 'detail-type' | 'source' | 'time' | 'detail'> {
  error: CaughtError;
}

/** The calls that recording a failure makes. */
export interface FailurePorts {
  apply(update: Update): Promise<Outcome>;
  /** Lets the workflow keep the original and notify people. */
  report(report: FailureReport): Promise<void>;
}

/** Runs of Render are named like this in records, and executions of the workflow by their ARN. */
const ON_REQUEST = 'on request: ';

export const executionOf = (requestId: string): string => `${ON_REQUEST}${requestId}`;

/** Milliseconds. The workflow takes a report within seconds, unless no capacity is free. */
const REPORT_AGAIN_AFTER = 10 * 60_000;

/**
 * Records that an image can't be decoded, so that the next request reads that and decodes nothing, and reports it to the
 * workflow, which does what it does with every failure. Requests that fail at the same time report it once.
 *
 * An image without thumbnails becomes FAILED. One that has some keeps them, and the record notes the failure.
 */
export async function recordFailure(
  source: Source,
  { name, message }: { name: string; message: string },
  ports: FailurePorts,
  { execution, now }: { execution: string; now: Date },
): Promise<void> {
  const error = { name, message };
  let outcome = await ports.apply(
    fail(source, { error, quarantine: null }, execution, now, { unlessMade: true }),
  );
  if (!outcome.applied) outcome = await ports.apply(failAgain(source, error, execution, now));
  if (outcome.applied && !isReported(outcome.before, source, now)) {
    await ports.report(reportOf(source, error, now));
  }
}

/** A failure that keeps every variant from being made. */
export interface RecordedFailure {
  name: string;
  message: string;
  execution: string;
}

/** The failure that a record holds of the version it is of; undefined if variants of it may be made. */
export function failureIn(record: ImageRecord): RecordedFailure | undefined {
  const { status, error, execution, lastError } = record;
  if (status === 'FAILED' && error) return { ...error, execution };
  return status === 'DONE' && lastError && isImageError(lastError.name) ? lastError : undefined;
}

/** Whether the workflow doesn't seem to have received the report of a failure. */
export const isUnreported = (record: ImageRecord, now: Date): boolean =>
  failureIn(record)?.execution.startsWith(ON_REQUEST) === true &&
  now.getTime() - Date.parse(record.updatedAt) > REPORT_AGAIN_AFTER;

function isReported(before: ImageRecord | null, { sequencer }: Source, now: Date): boolean {
  return before?.sequencer === sequencer && failureIn(before) !== undefined && !isUnreported(before, now);
}

function reportOf(
  { bucket, key, version, etag, sequencer }: Source,
  { name, message }: { name: string; message: string },
  now: Date,
): FailureReport {
  return {
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    time: now.toISOString(),
    detail: {
      bucket: { name: bucket },
      object: { key, etag, sequencer, ...(version !== null && { 'version-id': version }) },
    },
    error: { Error: name, Cause: message, OnRequest: true },
  };
}
