/**
 * A row of the table, from the history of a run. It needs only some of the events, so that a list of thousands of runs doesn't
 * read all their data: where a run begins and ends, and when an attempt of a task starts.
 */
import type { Thumbnail } from '../../contract/image';
import type { HistoryEvent } from '../../local-aws/history';
import { reasonIn } from '../replay/outcome';
import type { Run, RunOutcome } from './api';

/** The types of events that a row needs, as a filter pattern of CloudWatch Logs has them. */
export const ROW_TYPES = [
  'Execution*',
  '*Started',
  '*StartFailed',
  '*ScheduleFailed',
  '*SubmitFailed',
] as const;

const ATTEMPT = /(Started|StartFailed|ScheduleFailed|SubmitFailed)$/;

/** Whether a row needs the events of this type. */
export const isRowType = (type: string): boolean => type.startsWith('Execution') || ATTEMPT.test(type);

/**
 * From the start of an attempt to that of the next one, there are at most two events in between if it is a retry: the failure and
 * the schedule. From one state to the next there are at least three.
 */
const RETRY_DISTANCE = 3;

/** The end of the workflow's state that the branches of the workflow add to, as far as a row shows it. */
interface State {
  detail?: { bucket?: { name?: unknown }; object?: { key?: unknown; 'version-id'?: unknown } };
  image?: { preset?: { name?: unknown } };
  thumbnails?: { items?: Thumbnail[] };
  notification?: object;
  removal?: { outcome?: unknown };
  queued?: object;
  error?: { Error?: unknown };
}

/** A run as far as its events are known. They may come in any order, and repeatedly. */
export class RunRow {
  run: Run;

  /** Of the events with which attempts start. */
  private readonly attempts = new Set<number>();

  constructor(arn: string) {
    const id = arn.split(':').at(-1) as string;
    this.run = { id, arn, outcome: 'RUNNING', status: 'RUNNING', startedAt: Number.NaN, attempts: 1 };
  }

  /** Whether its first event is known: without it, it is not known when the run began. */
  get isWhole(): boolean {
    return !Number.isNaN(this.run.startedAt);
  }

  add({ id, type, details, event_timestamp }: HistoryEvent): void {
    const time = Number(event_timestamp);
    if (type === 'ExecutionStarted') {
      this.run = { ...this.run, startedAt: time, ...objectIn(parsed(details['input'])) };
    } else if (Object.hasOwn(ENDS, type)) {
      const end = endOf(type, details);
      const ended =
        end.outcome === 'IGNORED' && isBackfill(this.run.arn) ? { ...end, outcome: 'DONE' as const } : end;
      this.run = { ...this.run, ...ended, endedAt: time };
    } else if (ATTEMPT.test(type)) {
      this.attempts.add(Number(id));
      this.run = { ...this.run, attempts: most(this.attempts) };
    }
  }
}

/** @param events of one run, or those of them that a row needs */
export function runOf(arn: string, events: readonly HistoryEvent[]): Run {
  const row = new RunRow(arn);
  for (const event of events) row.add(event);
  return row.run;
}

const ENDS: Record<string, Run['status']> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

function endOf(type: string, { output, error, cause }: HistoryEvent['details']): Partial<Run> {
  const status = ENDS[type] as Run['status'];
  if (status === 'SUCCEEDED') return { status, ...success(parsed(output)) };
  if (status === 'ABORTED') return { status, outcome: 'ABORTED' };
  if (error === 'StillWaiting') return { status, outcome: 'WAITING' };
  const name =
    reasonIn(String(cause ?? '')) ?? error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : undefined);
  return { status, outcome: 'FAILED', ...(name !== undefined && { error: String(name) }) };
}

function success(state: State | undefined): Pick<Run, 'outcome' | 'preset' | 'thumbnail'> {
  const preset = state?.image?.preset?.name;
  const smallest = [...(state?.thumbnails?.items ?? [])].sort((one, other) => one.bytes - other.bytes)[0];
  return {
    outcome: outcomeOf(state),
    ...(typeof preset === 'string' && { preset }),
    ...(smallest && {
      thumbnail: {
        bucket: smallest.bucket,
        key: smallest.key,
        width: smallest.width,
        height: smallest.height,
      },
    }),
  };
}

function outcomeOf(state: State | undefined): RunOutcome {
  // The logs may leave out the data of executions.
  if (!state || state.notification) return 'DONE';
  if (state.removal) return state.removal.outcome === 'REMOVED' ? 'REMOVED' : 'SUPERSEDED';
  if (state.queued) return 'WAITING';
  return state.error?.Error === 'Superseded' ? 'SUPERSEDED' : 'IGNORED';
}

/** Whether a run is of a STANDARD state machine, unlike those of the workflow: a backfill, whose state says nothing of one image. */
const isBackfill = (arn: string): boolean => arn.split(':')[5] === 'execution';

/** The object that an input is about, if it is the event of one. */
export function objectIn(input: unknown): Pick<Run, 'object'> {
  const { bucket, object } = (input as State | undefined)?.detail ?? {};
  const { key, 'version-id': version } = object ?? {};
  if (typeof bucket?.name !== 'string' || typeof key !== 'string') return {};
  return { object: { bucket: bucket.name, key, ...(typeof version === 'string' && { version }) } };
}

/** JSON text as a value; undefined if it is none, or if the event was cut off. */
export function parsed<T = State>(text: unknown): T | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

/** The most attempts of one state. */
function most(starts: ReadonlySet<number>): number {
  let [longest, length] = [1, 0];
  let last = Number.NEGATIVE_INFINITY;
  for (const id of [...starts].sort((one, other) => one - other)) {
    length = id - last <= RETRY_DISTANCE ? length + 1 : 1;
    longest = Math.max(longest, length);
    last = id;
  }
  return longest;
}
