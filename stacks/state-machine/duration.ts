/** How long an execution can take, computed from its definition. */

import { THROTTLED } from './task-state';

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
  IntervalSeconds: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
}

interface State {
  Type: string;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: { Next: string }[];
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
}

interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

/** Seconds that one retrier waits in all. FULL jitter waits from 0 s to the interval, so the interval is the worst case. */
function waits({ MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds }: Retrier): number {
  return Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
  ).reduce((sum, wait) => sum + wait, 0);
}

/**
 * How many attempts take time. Each retrier counts its own attempts: in the worst case all are used, and each attempt runs
 * into its timeout. A throttled attempt fails at once.
 */
function attempts(state: State): number {
  const running = (state.Retry ?? []).filter(({ ErrorEquals }) => !ErrorEquals.includes(THROTTLED));
  return 1 + running.reduce((sum, retrier) => sum + retrier.MaxAttempts, 0);
}

function longest(state: State): number {
  if (state.Type !== 'Task') return 0;
  const backoff = (state.Retry ?? []).reduce((sum, retrier) => sum + waits(retrier), 0);
  return attempts(state) * state.TimeoutSeconds! + backoff;
}

/** @returns seconds of the longest way through the definition, error branches included. */
export function worstCaseSeconds({ StartAt, States }: Definition): number {
  const from = (name: string): number => {
    const state = States[name]!;
    const branches = [...(state.Catch ?? []), ...(state.Choices ?? [])].map((branch) => branch.Next);
    const next = [state.Next, state.Default, ...branches].filter((target) => target !== undefined);
    return longest(state) + Math.max(0, ...next.map(from));
  };
  return from(StartAt);
}

/** @returns the parts of the worst case, for example `Validate 4 × 8 s + 11 s of waits`. */
export function describeDurations({ States }: Definition): string {
  return Object.entries(States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([name, state]) => {
      const calls = attempts(state) * state.TimeoutSeconds!;
      return `${name} ${attempts(state)} × ${state.TimeoutSeconds} s + ${longest(state) - calls} s of waits`;
    })
    .join(', ');
}
