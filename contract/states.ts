/**
 * The data that flows through the workflow. The EventBridge event stays at the root of the state, and each function adds
 * one key to it, its answer. A caught failure adds `error`. Only references travel, never pixels: a state may hold 256 KiB.
 */
import type { BackfillMark } from './backfill';
import type { ObjectEvent } from './event';
import type { FailureMessage } from './messages/failure';
import type { FailedDetail } from './messages/outcome-event';
import type { SCHEMA } from './schema';

/**
 * What the functions answer, by the key of the execution's state that the answer becomes. The code of each state adds its
 * own here (`declare module`), and so the states after it can read it.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the code of each state adds to it
export interface Answers {}

export type AnswerKey = keyof Answers;

/**
 * What Step Functions puts at `$.error` when it catches a failure. `Cause` of a function error is JSON; an error of
 * Step Functions itself, such as a timeout, may have none.
 */
export interface CaughtError {
  Error: string;
  Cause?: string;
  /** Render found the failure, outside of any execution, and has made the record FAILED. Step Functions never sets this. */
  OnRequest?: true;
}

/** What Quarantine answers: everything that NotifyFailure needs to publish without a function. */
export interface Failure {
  schema: typeof SCHEMA;
  error: string;
  /** Value of the `prefix` message attribute. */
  prefix: string;
  /** Of a mail: what SNS accepts. */
  subject: string;
  /** Readable text, for email. */
  text: string;
  /** The message for machines. */
  message: FailureMessage;
  /** The same for the event bus; left out if the settings ask for no events. */
  event?: FailedDetail;
}

/** The fields of a failure that the definition reads. */
export const FAILURE_FIELDS = [
  'subject',
  'text',
  'message',
  'error',
  'prefix',
] as const satisfies (keyof Failure)[];

/** The state of an execution, growing by one key per state. */
export interface ExecutionState extends ObjectEvent, Partial<Answers> {
  error?: CaughtError;
  /** A backfill runs the image: nobody is notified of it. */
  backfill?: BackfillMark;
}

/** What every function receives: the current state, and the execution that it belongs to. */
export interface TaskInput<Needs extends keyof ExecutionState = never> {
  execution: string;
  state: ExecutionState & Required<Pick<ExecutionState, Needs>>;
}
