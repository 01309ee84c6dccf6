import type {
  CaughtError,
  Failure,
  FailureMessage,
  ObjectEvent,
  Source,
  TaskInput,
} from '../shared/contract';
import { InvalidEvent } from '../shared/errors';
import { prefixOf, printable, uri } from '../shared/message';
import { fail, type Update } from '../shared/record';
import type { Outcome } from '../shared/records';
import { assertCurrent, dedupeId, sourceOf } from '../shared/source';

/** Where the copy of an original is, or why there is none. */
export type Copy =
  | { quarantine: { bucket: string; key: string }; note: null }
  | { quarantine: null; note: string };

/** What Quarantine does to the world. */
export interface QuarantinePorts {
  /** Copies the original with `error` as its tag. */
  copy(source: Source, error: string): Promise<Copy>;
  apply(update: Update): Promise<Outcome>;
}

/**
 * Keeps the original of what failed, marks its record FAILED and words the message to the errors topic.
 *
 * @throws Superseded when a newer event is recorded or this very version is DONE: then nothing has failed
 */
export async function quarantine(
  { execution, state }: TaskInput<'error'>,
  ports: QuarantinePorts,
  now: Date,
): Promise<Failure> {
  const error = describe(state.error);
  const source = sourceIfKnown(state);
  if (!source) {
    return failure(state, error, execution, now, {
      quarantine: null,
      note: 'The event does not name an object version, so there is nothing to keep.',
    });
  }
  const copy = await ports.copy(source, error.name);
  const outcome = await ports.apply(fail(source, { error, quarantine: copy.quarantine }, execution, now));
  if (!outcome.applied) assertCurrent(source, outcome.current);
  return failure(state, error, execution, now, copy, source);
}

/** The name and the message of a caught error. The cause of a function error is JSON; of a service error, text. */
export function describe({ Error: name, Cause = '' }: CaughtError): FailureMessage['error'] {
  let message = Cause;
  try {
    const cause = JSON.parse(Cause) as { errorMessage?: unknown };
    if (typeof cause?.errorMessage === 'string') message = cause.errorMessage;
  } catch {
    // Not JSON: the cause is the message.
  }
  return { name, message: printable(message.slice(0, 1024)) || 'It gave no reason.' };
}

function sourceIfKnown(event: ObjectEvent): Source | null {
  try {
    return sourceOf(event);
  } catch (error) {
    if (error instanceof InvalidEvent) return null;
    throw error;
  }
}

function failure(
  state: ObjectEvent,
  error: FailureMessage['error'],
  execution: string,
  now: Date,
  copy: Copy,
  source?: Source,
): Failure {
  const bucket = source?.bucket ?? state.detail?.bucket?.name ?? '(unknown)';
  const key = source?.key ?? state.detail?.object?.key ?? '(unknown)';
  const message: FailureMessage = {
    schema: 1,
    status: 'FAILED',
    dedupeId: source ? dedupeId(source, 'FAILED') : execution,
    source: {
      bucket,
      key,
      version: source?.version ?? null,
      etag: source?.etag ?? null,
      sequencer: source?.sequencer ?? null,
    },
    error,
    ...copy,
    execution,
    time: now.toISOString(),
  };
  return { schema: 1, error: error.name, prefix: prefixOf(key), text: text(message), message };
}

function text({ source, error, quarantine: copy, note, execution }: FailureMessage): string {
  return [
    `No thumbnails were made of ${uri(source)}.`,
    '',
    `Reason:    ${error.name}`,
    `           ${error.message}`,
    `Version:   ${source.version ?? source.etag ?? 'unknown'}`,
    `Kept at:   ${copy ? uri(copy) : note}`,
    `Execution: ${execution}`,
    '',
    'To try again, upload it once more.',
    '',
  ].join('\n');
}
