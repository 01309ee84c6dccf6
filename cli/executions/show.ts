/** Shows runs of the workflow: a line for each, or one of them drawn. */
import { plural, printable } from '../../contract/text';
import { type Definition, focus, renderGraph, summarize } from '../../local-aws/graph';
import type { Execution, HistoryEvent } from '../../local-aws/history';
import type { Result } from '../lib/command';
import { COLOR, keyOf, paint } from '../process/report';

const COLORS = {
  SUCCEEDED: 'green',
  RUNNING: 'blue',
  FAILED: 'red',
  TIMED_OUT: 'red',
  ABORTED: 'yellow',
} as const;

/** A run, with its first event at least. */
export interface Run {
  execution: Pick<Execution, 'id' | 'executionArn' | 'status' | 'startDate' | 'stopDate'>;
  history: HistoryEvent[];
}

/** Which runs are listed. */
export interface Wanted {
  /** At most this many. */
  limit: number;
  /** Only those that failed. */
  failed: boolean;
}

/**
 * Prints a line for each of the newest runs.
 *
 * @param all runs, newest first
 * @param runOf reads a run
 * @param show what a person types to draw a run
 */
export async function list<R>(
  all: readonly R[],
  { limit, failed }: Wanted,
  runOf: (run: R) => Promise<Run>,
  show: string,
): Promise<Result> {
  const shown = all.slice(0, limit);
  for (const run of shown) console.log(lineOf(await runOf(run)));
  const more = shown.length < all.length ? `; --limit ${all.length} shows all` : '';
  const noun = failed ? 'failed execution' : 'execution';
  return {
    ok: true,
    summary: `\n${shown.length} of ${plural(all.length, noun)}${more}. To draw one: ${show} (its first characters are enough)`,
  };
}

/** There is more than one run with such an ID: each with what a person knows it by. */
export function choices(runs: readonly Run[], text: string): Error {
  const length = distinct(runs.map(({ execution }) => execution.id));
  const lines = runs.map((run) => lineOf(run, length));
  return new Error(
    [`Expected one execution for ${printable(text)} but received ${runs.length}:`, ...lines].join('\n  '),
  );
}

/** @param place where it was looked for */
export function nothing(text: string, place: string, { failed }: Wanted, advice: string[] = []): Error {
  const what = failed ? 'a failed execution' : 'an execution';
  return new Error(
    [
      `Expected ${what} with the ID, the name or the key ${printable(text)} but received none in ${place}.`,
      ...advice,
    ].join(' '),
  );
}

/** How many characters of the IDs tell them apart. */
function distinct(ids: readonly string[]): number {
  for (let length = SHORT; ; length++) {
    const isLong = ids.every((id) => id.length <= length);
    if (isLong || new Set(ids.map((id) => id.slice(0, length))).size === ids.length) return length;
  }
}

/** Characters of an ID that are shown. */
const SHORT = 8;

/** Draws a run with its whole history. */
export function draw({ execution, history }: Run, definition: Definition): Result {
  const summary = summarize(history);
  const width = Math.max(80, process.stdout.columns ?? 80);
  console.log(execution.executionArn);
  console.log(`\n${renderGraph(focus(definition, summary), summary, { color: COLOR, width })}`);
  const took = secondsOf(execution);
  return {
    ok: true,
    summary: `${labelOf({ execution, history })}  ${execution.status}${took && ` after ${took}`}`,
  };
}

function lineOf({ execution, history }: Run, length = SHORT): string {
  const { id, status, startDate } = execution;
  return [
    id.slice(0, length),
    new Date(startDate).toISOString().replace('T', ' ').slice(0, 19),
    paint(COLORS[status], status.padEnd(9)),
    secondsOf(execution).padStart(8),
    labelOf({ execution, history }),
  ].join('  ');
}

/** The key of the image, or the name of a backfill, whose execution has one of its own. */
const labelOf = ({ execution, history }: Run) =>
  execution.executionArn.includes(':execution:') ? `backfill ${execution.id}` : keyOf(history);

/** How long a run took; empty while it is running. */
const secondsOf = ({ startDate, stopDate }: Run['execution']) =>
  stopDate === undefined ? '' : `${((stopDate - startDate) / 1000).toFixed(2)} s`;
