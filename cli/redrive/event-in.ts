import type { ObjectEvent } from '../../contract/event';

export type Found = { event: ObjectEvent; reason?: string } | { problem: string };

/**
 * The event in the body of a message. The dead-letter queue holds bare events, and so does the failure queue for events
 * that the backlog gave up on; a failure that could not be published is `{ failure, event }`, and its error is the reason.
 *
 * What the resume function added is taken out. With `backlog`, the workflow would believe that the event is still in the
 * backlog queue, and would not send it there again if no capacity is free; with `error`, it would fail at once.
 *
 * @returns the event, or why the message cannot start an execution
 */
export function eventIn(body: string): Found {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return { problem: 'its body is not JSON' };
  }
  const { failure, event: inner } = record(content);
  const { backlog: _, error: __, ...event } = record(inner ?? content);
  const problem = problemOf(event);
  if (problem) return { problem };
  const name = record(record(failure)['error'])['name'];
  return { event: event as unknown as ObjectEvent, ...(typeof name === 'string' && { reason: name }) };
}

function problemOf(event: Record<string, unknown>): string | null {
  const type = event['detail-type'];
  if (event['source'] !== 'aws.s3' || (type !== 'Object Created' && type !== 'Object Deleted')) {
    return 'it holds no S3 object event';
  }
  const detail = record(event['detail']);
  const { key, sequencer, etag } = record(detail['object']);
  const needed = {
    bucket: record(detail['bucket'])['name'],
    key,
    sequencer,
    // A deletion has no content.
    ...(type === 'Object Created' && { etag }),
  };
  const missing = Object.entries(needed).filter(([, value]) => typeof value !== 'string' || value === '');
  return missing.length > 0 ? `its event has no ${missing.map(([name]) => name).join(', ')}` : null;
}

/** The value as an object; an empty one if it isn't an object. */
function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
