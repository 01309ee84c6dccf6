import { InvalidEvent } from '../../contract/errors';
import type { ObjectEvent } from '../../contract/event';
import { type FailureMessage, failureMail, type Unannounced } from '../../contract/messages/failure';
import { prefixOf } from '../../contract/messages/parts';
import { failureSubject } from '../../contract/messages/subject';
import { type Source, sourceOf } from '../../contract/source';
import type { CaughtError, ExecutionState, Failure, TaskInput } from '../../contract/states';
import { printable } from '../../contract/text';
import { dedupeId } from '../lib/records/dedupe-id';
import { assertSameVersion, isNews, overtaken } from '../lib/records/order';
import type { Outcome } from '../lib/records/records';
import { fail, failAgain, type Update } from '../lib/records/updates';
import type { Announcer } from '../lib/runtime/announcer';

type Consequence = FailureMessage['consequence'];

declare module '../../contract/states' {
  interface Answers {
    failure: Failure;
  }
}

/** The location of the copy of an original, or the reason that there is none. */
export type Copy =
  | { quarantine: { bucket: string; key: string }; note: null }
  | { quarantine: null; note: string };

/** The calls that Quarantine makes. */
export interface QuarantinePorts {
  /** Copies the original and tags the copy with the error. */
  copy(source: Source, error: string): Promise<Copy>;
  apply(update: Update): Promise<Outcome>;
  /** Counts a failure under the name of its error. */
  count(error: string): void;
  /** Removes a thumbnail unless it was made from the version `sequencer` or a newer one. */
  removeBefore(sequencer: string, key: string): Promise<void>;
  announce: Announcer;
  /** Hash of the settings that decide the outcome of an image with this key. @default unknown */
  settingsHash?: (key: string) => string | undefined;
}

/**
 * Writes the message to the errors topic. If no thumbnails were made of an image, it also keeps a copy of the original,
 * makes the record FAILED, and removes the thumbnails of earlier versions, since they show an image that has been replaced.
 * Thumbnails of this version stay: another run of it may be about to record them.
 *
 * If an earlier run has made this very version DONE, its thumbnails and its status stay, and the record notes the failure.
 *
 * @param runbook URL of docs/operations.md
 * @throws Superseded if a newer event is recorded: then nothing has failed
 */
export async function quarantine(
  { execution, state }: TaskInput<'error'>,
  ports: QuarantinePorts,
  now: Date,
  runbook?: string,
): Promise<Failure> {
  const error = describe(state.error);
  const source = sourceIfKnown(state);
  const { consequence, ...copy } = await handle(source, consequenceOf(state));
  const unannounced = unannouncedIn(state);
  const message: FailureMessage = {
    schema: 1,
    status: 'FAILED',
    consequence,
    dedupeId: source
      ? dedupeId(source, 'FAILED', consequence === 'NOT_REMADE' ? execution : undefined)
      : execution,
    source: {
      bucket: state.detail?.bucket?.name ?? '(unknown)',
      key: state.detail?.object?.key ?? '(unknown)',
      version: state.detail?.object?.['version-id'] ?? null,
      etag: state.detail?.object?.etag ?? null,
      sequencer: source?.sequencer ?? null,
    },
    error,
    ...copy,
    execution,
    time: now.toISOString(),
  };
  return {
    schema: 1,
    error: error.name,
    prefix: prefixOf(message.source.key),
    subject: failureSubject(message, unannounced),
    text: failureMail(message, { unannounced, runbook }),
    message,
    ...ports.announce(message),
  };

  async function handle(failed: Source | null, expected: Consequence): Promise<Handled> {
    if (failed && expected === 'NOT_MADE') return keep(failed);
    ports.count(error.name);
    return without(expected);
  }

  function hashOf({ key }: Source): { settingsHash?: string } {
    return { settingsHash: ports.settingsHash?.(key) };
  }

  /** Updates the record before it copies: a late failure must not overwrite the copy of a newer version. */
  async function keep(failed: Source): Promise<Handled> {
    const outcome = await ports.apply(
      fail(failed, { error, quarantine: null }, execution, now, hashOf(failed)),
    );
    const isFirst = state.error.OnRequest
      ? outcome.applied && outcome.before?.execution !== execution
      : isNews(outcome, failed, 'FAILED');
    if (isFirst) ports.count(error.name);
    const { sequencer } = outcome.applied ? failed : outcome.current;
    const { thumbnailKeys = [] } = (outcome.applied ? outcome.before : outcome.current) ?? {};
    await Promise.all([...thumbnailKeys].map((key) => ports.removeBefore(sequencer, key)));
    if (!outcome.applied) {
      assertSameVersion(failed, outcome.current);
      return noteOn(failed);
    }
    const kept = await ports.copy(failed, error.name);
    await ports.apply(fail(failed, { error, ...kept }, execution, now, hashOf(failed)));
    return { consequence: 'NOT_MADE', ...kept };
  }

  async function noteOn(done: Source): Promise<Handled> {
    const outcome = await ports.apply(failAgain(done, error, execution, now, hashOf(done).settingsHash));
    if (!outcome.applied) throw overtaken(done, outcome.current);
    // A repeated attempt of the same execution isn't counted again.
    if (outcome.before?.lastError?.execution !== execution) ports.count(error.name);
    return without('NOT_REMADE');
  }
}

type Handled = Copy & { consequence: Consequence };

const without = (consequence: Consequence): Handled => ({
  consequence,
  quarantine: null,
  note: NOTES[consequence],
});

/** Why there is no copy, if none was tried. */
const NOTES: Record<Consequence, string> = {
  NOT_MADE: 'nothing to copy: the event names no object version',
  NOT_REMADE: 'not copied: its thumbnails are there',
  NOT_NOTIFIED: 'not copied: there is nothing wrong with the original',
  NOT_REMOVED: 'not copied: the original was deleted',
  UNKNOWN: 'not copied',
};

function consequenceOf(state: ExecutionState): Consequence {
  if (state.record || state.removal) return 'NOT_NOTIFIED';
  return state['detail-type'] === 'Object Deleted' ? 'NOT_REMOVED' : 'NOT_MADE';
}

/** The outcome of an execution that failed only when it was announced. */
function unannouncedIn({ notification, removal }: ExecutionState): Unannounced | undefined {
  if (removal) return 'removed';
  return notification ? 'ready' : undefined;
}

/** The name and the message of a caught error. The cause of a function's error is JSON, that of a service's is text. */
export function describe({ Error: name, Cause = '' }: CaughtError): FailureMessage['error'] {
  let message = Cause;
  try {
    const cause = JSON.parse(Cause) as { errorMessage?: unknown };
    if (typeof cause?.errorMessage === 'string') message = cause.errorMessage;
  } catch {
    // Not JSON: the cause is the message.
  }
  return { name, message: printable(message.slice(0, 1024)) || 'No reason was given.' };
}

function sourceIfKnown(event: ObjectEvent): Source | null {
  try {
    return sourceOf(event);
  } catch (error) {
    if (error instanceof InvalidEvent) return null;
    throw error;
  }
}
