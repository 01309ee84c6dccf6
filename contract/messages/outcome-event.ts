/**
 * The events on the EventBridge bus that tell programs of each outcome, if `notifications.events` is set. Their JSON schema is
 * outcome-event.schema.json beside this file, and docs/events.md describes them.
 */
import type { SCHEMA } from '../schema';
import type { Deletion } from '../source';
import type { FailureMessage } from './failure';
import type { ProcessedMessage } from './processed';

/** `source` of each event. The rules of the workflow match `aws.s3` alone, so no event can start it again. */
export const EVENT_SOURCE = 'thumbnail-workflow';

/** `detail-type` of an event, by its outcome. */
export const DETAIL_TYPES = {
  ready: 'Thumbnails Ready',
  failed: 'Image Failed',
  removed: 'Thumbnails Removed',
} as const;

/** Changes if a field is removed or changes its meaning. Fields may be added at any time. */
export const EVENT_VERSION = '1';

/** The thumbnails of a deleted image are gone. Unlike the other two, it goes to no topic. */
export interface RemovedMessage {
  schema: typeof SCHEMA;
  status: 'DELETED';
  /** The same for every delivery of one deletion. */
  dedupeId: string;
  source: Deletion;
  execution: string;
  time: string;
}

/** `detail` of an event: what a message says, and whose it is. */
export type Detail<Message extends { schema: typeof SCHEMA }> = Omit<Message, 'schema'> & {
  version: typeof EVENT_VERSION;
  /** `namePrefix` in the settings, by which two stacks tell their events apart. */
  namePrefix: string;
};

export type ReadyDetail = Detail<ProcessedMessage>;
export type FailedDetail = Detail<FailureMessage>;
export type RemovedDetail = Detail<RemovedMessage>;

/** @returns the detail of the event that says the same as a message */
export function detailOf<Message extends { schema: typeof SCHEMA }>(
  { schema, ...message }: Message,
  namePrefix: string,
): Detail<Message> {
  return { version: EVENT_VERSION, namePrefix, ...message };
}
