/** What happened in each state of one execution, according to its history. */

import type { ExecutionStatus, HistoryEvent } from '../states/history';

/** An error as Step Functions reports it, with the message from a function's JSON cause. */
export interface ErrorSummary {
  name: string;
  message: string;
}

/** One visit of one state. */
export interface StateSummary {
  name: string;
  /** `Task`, `Choice` and so on. */
  type: string;
  /** `caught`: it failed, and a Catch took over. `failed`: it ended the execution. */
  outcome: 'succeeded' | 'caught' | 'failed' | 'aborted' | 'running';
  /** How often its work was started: 2 after one retry. */
  attempts: number;
  durationMs: number;
  /** The error of each attempt that failed, in their order. */
  failures: ErrorSummary[];
  /** Why the state did not succeed. */
  error?: ErrorSummary;
}

export interface Summary {
  status: ExecutionStatus;
  durationMs: number;
  /** In the order they were entered. */
  states: StateSummary[];
}

const ENDS: Record<string, ExecutionStatus> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

const time = (event: HistoryEvent | undefined) => Number(event?.event_timestamp ?? 0);

/** @param history the events of one execution, in any order; one that still runs has no end yet */
export function summarize(history: HistoryEvent[]): Summary {
  const events = [...history].sort((a, b) => Number(a.id) - Number(b.id));
  const states: StateSummary[] = [];
  let status: ExecutionStatus = 'RUNNING';
  let entered = 0;
  for (const event of events) {
    const current = states.at(-1);
    const [, type] = /^(\w+)StateEntered$/.exec(event.type) ?? [];
    if (type) {
      entered = time(event);
      const name = String(event.details['name']);
      states.push({
        name,
        type,
        outcome: 'running',
        attempts: type === 'Task' ? 0 : 1,
        durationMs: 0,
        failures: [],
      });
    } else if (current?.outcome === 'running') {
      current.durationMs = time(event) - entered;
      follow(current, event);
    }
    status = ENDS[event.type] ?? status;
  }
  return { status, durationMs: time(events.at(-1)) - time(events[0]), states };
}

function follow(state: StateSummary, event: HistoryEvent): void {
  if (/^(LambdaFunction|Task)Scheduled$/.test(event.type)) state.attempts++;
  if (/^(LambdaFunction|Task)(Failed|TimedOut)$/.test(event.type)) state.failures.push(errorOf(event));
  if (event.type.endsWith('StateExited')) {
    // Every attempt failed, but the execution went on.
    const caught = state.failures.length > 0 && state.failures.length === state.attempts;
    state.outcome = caught ? 'caught' : 'succeeded';
    if (caught) state.error = state.failures.at(-1)!;
  }
  if (state.outcome === 'running' && ENDS[event.type]) {
    state.outcome = event.type === 'ExecutionAborted' ? 'aborted' : 'failed';
    if (state.outcome === 'failed') state.error = errorOf(event);
  }
}

function errorOf({ details }: HistoryEvent): ErrorSummary {
  const cause = String(details['cause'] ?? '');
  return { name: String(details['error'] ?? 'States.Timeout'), message: messageIn(cause) };
}

function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** `41 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `✓` it succeeded, `↻` it succeeded after a retry, `✗` it failed, `…` it still runs. */
export function markOf({ outcome, attempts }: StateSummary): string {
  if (outcome === 'succeeded') return attempts > 1 ? '↻' : '✓';
  return outcome === 'running' ? '…' : '✗';
}

/** The path of an execution in one line: `Check ✓ 41 ms → Convert ↻ 2.1 s (3 attempts) → …`. The decision of a Choice shows in the state that follows. */
export function pathLine({ states }: Summary): string {
  return states
    .filter(({ type }) => type !== 'Choice')
    .map((state) => {
      const parts = [state.name, markOf(state)];
      if (state.error && state.type !== 'Fail') parts.push(state.error.name);
      if (state.type === 'Task') parts.push(formatDuration(state.durationMs));
      if (state.attempts > 1) parts.push(`(${state.attempts} attempts)`);
      return parts.join(' ');
    })
    .join(' → ');
}
