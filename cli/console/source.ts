/** Where runs come from. What the engine and AWS have in common is not in here: shared.ts asks either of them for it. */
import type { HistoryEvent, LogLine } from '../../local-aws/history';
import type { Maybe, Run, RunsPage, Scan } from './api';

/** Runs that began at `since` or later, in Unix milliseconds. */
export interface RunsQuery {
  since?: number;
  limit: number;
}

export interface Source {
  /** Newest first. */
  runs(query: RunsQuery): Promise<RunsPage>;
  /** @returns undefined if there is no such run */
  run(id: string): Promise<Run | undefined>;
  /** The events so far, in order. */
  history(run: Run): Promise<HistoryEvent[]>;
  /** Lines of a function. @param from @param to Unix milliseconds */
  log(functionName: string, from: number, to: number): Promise<Maybe<LogLine[]>>;
  /** What a person types in a terminal to see the run. */
  command(run: Run): string;
  /** On AWS only. */
  scan?(): Scan;
  /**
   * Reports each run that begins or changes, until the source is closed.
   *
   * @param isWatched whether anyone looks: reading costs something on AWS
   */
  follow(onRun: (run: Run) => void, isWatched: () => boolean): void;
  close(): Promise<void>;
}
