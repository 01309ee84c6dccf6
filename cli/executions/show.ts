/** Shows runs of the workflow: a line for each, or one of them drawn. */
import { plural } from '../../contract/text';
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

/**
 * Prints a line for each of the newest runs.
 *
 * @param ids of all runs, newest first
 * @param runOf reads a run
 * @param command what a person types to draw a run, before its ID
 */
export function list<Id>(ids: readonly Id[], limit: number, runOf: (id: Id) => Run, command: string): Result {
  const shown = ids.slice(0, limit);
  for (const id of shown) console.log(lineOf(runOf(id)));
  const more = shown.length < ids.length ? `; --limit ${ids.length} shows all` : '';
  return {
    ok: true,
    summary: `\n${shown.length} of ${plural(ids.length, 'execution')}${more}. To draw one: ${command} ID (its first characters are enough)`,
  };
}

/** Draws a run with its whole history. */
export function draw({ execution, history }: Run, definition: Definition): Result {
  const summary = summarize(history);
  const width = Math.max(80, process.stdout.columns ?? 80);
  console.log(execution.executionArn);
  console.log(`\n${renderGraph(focus(definition, summary), summary, { color: COLOR, width })}`);
  const took = secondsOf(execution);
  return { ok: true, summary: `${keyOf(history)}  ${execution.status}${took && ` after ${took}`}` };
}

function lineOf({ execution, history }: Run): string {
  const { id, status, startDate } = execution;
  return [
    id.slice(0, 8),
    new Date(startDate).toISOString().replace('T', ' ').slice(0, 19),
    paint(COLORS[status], status.padEnd(9)),
    secondsOf(execution).padStart(8),
    keyOf(history),
  ].join('  ');
}

/** How long a run took; empty while it is running. */
const secondsOf = ({ startDate, stopDate }: Run['execution']) =>
  stopDate === undefined ? '' : `${((stopDate - startDate) / 1000).toFixed(2)} s`;
