/** The strip above the table. */
import type { Overview, Run, RunOutcome } from './api';

/** Outcomes and errors of some runs; the most frequent error comes first. */
export function countRuns(runs: Iterable<Run>): Pick<Overview, 'outcomes' | 'errors'> {
  const outcomes: Record<RunOutcome, number> = {
    RUNNING: 0,
    DONE: 0,
    FAILED: 0,
    SUPERSEDED: 0,
    REMOVED: 0,
    WAITING: 0,
    IGNORED: 0,
    ABORTED: 0,
  };
  const errors = new Map<string, number>();
  for (const { outcome, error } of runs) {
    outcomes[outcome]++;
    if (error !== undefined) errors.set(error, (errors.get(error) ?? 0) + 1);
  }
  return {
    outcomes,
    errors: [...errors]
      .map(([name, count]) => ({ name, count }))
      .sort((one, other) => other.count - one.count || one.name.localeCompare(other.name)),
  };
}
