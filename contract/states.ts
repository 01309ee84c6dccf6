/**
 * The data that flows through the workflow: what each state receives, and the one key that it adds.
 *
 * The EventBridge event stays at the root of the state. Validate adds `image`, Thumbnail adds `thumbnails`,
 * StoreMetadata adds `record`, Notify adds `notification`. A deletion adds `removal`. A caught failure adds `error`, and
 * Quarantine turns it into `failure`. Only references travel, never pixels: a state may hold 256 KiB.
 */
import type { ObjectEvent } from './event';
import type { Image, Thumbnails } from './image';
import type { FailureMessage } from './messages/failure';
import type { SCHEMA } from './schema';

/** What StoreMetadata answers: where the record is. */
export interface RecordReference {
  schema: typeof SCHEMA;
  id: string;
  status: 'DONE';
  /** Whether an earlier run of this version has already notified subscribers. */
  notified: boolean;
}

/** What Notify answers. `messageId` is null when an earlier run of the same version had already notified. */
export interface Notification {
  schema: typeof SCHEMA;
  messageId: string | null;
}

/**
 * What Step Functions puts at `$.error` when it catches a failure. `Cause` of a function error is JSON; an error of
 * Step Functions itself, such as a timeout, may have none.
 */
export interface CaughtError {
  Error: string;
  Cause?: string;
}

/** What Quarantine answers: everything that NotifyFailure needs to publish without a function. */
export interface Failure {
  schema: typeof SCHEMA;
  error: string;
  /** Value of the `prefix` message attribute. */
  prefix: string;
  /** Readable text, for email. */
  text: string;
  /** The message for machines. */
  message: FailureMessage;
}

/** What Remove answers. */
export interface Removal {
  schema: typeof SCHEMA;
  /**
   * `REMOVED`: the thumbnails are gone. `KEPT`: the deletion was of a version that is not the current one. `RESTORED`: it
   * made an earlier version the current one again, and an event for that version is in the backlog queue.
   */
  outcome: 'REMOVED' | 'KEPT' | 'RESTORED';
}

/** The state of an execution, growing by one key per state. */
export interface ExecutionState extends ObjectEvent {
  image?: Image;
  thumbnails?: Thumbnails;
  record?: RecordReference;
  notification?: Notification;
  error?: CaughtError;
  failure?: Failure;
  removal?: Removal;
}

/** What every function receives: the current state, and the execution that it belongs to. */
export interface TaskInput<Needs extends keyof ExecutionState = never> {
  execution: string;
  state: ExecutionState & Required<Pick<ExecutionState, Needs>>;
}
