/** How the runs of a workflow are shown: a line for each, or one of them drawn. */
import path from 'node:path';
import { type Definition, focus, renderGraph, summarize } from '../../local-aws/graph';
import {
  type Execution,
  findExecution,
  type HistoryEvent,
  readDefinition,
  readExecutions,
  readHistory,
} from '../../local-aws/history';
import { synthesizedIn } from '../lib/synthesize';
import { COLOR, keyOf, paint } from '../process/report';

const COLORS = {
  SUCCEEDED: 'green',
  RUNNING: 'blue',
  FAILED: 'red',
  TIMED_OUT: 'red',
  ABORTED: 'yellow',
} as const;

/** A list of the runs in a data folder, newest first. */
export function listExecutions(dataDir: string, limit: number): string {
  const all = readExecutions(dataDir);
  if (all.length === 0) return `No executions in ${dataDir} yet. Start one: npm run process -- photo.jpg`;
  const shown = all.slice(0, limit);
  const more = all.length - shown.length;
  return [
    ...shown.map((execution) => executionLine(execution, readHistory(dataDir, execution.id))),
    ...(more > 0 ? [`… and ${more} older: --limit ${all.length} shows all`] : []),
    '',
    'npm run executions -- ID draws one; the first characters of the ID are enough.',
  ].join('\n');
}

/** A run in a data folder, drawn. @throws Error where no run or more than one is meant */
export async function drawExecution(dataDir: string, idOrPrefix: string): Promise<string> {
  const execution = findExecution(dataDir, idOrPrefix);
  const stackFile = await synthesizedIn(path.join(dataDir, 'synth'));
  const definition = readDefinition(stackFile, execution.stateMachineArn);
  return drawing(execution, definition, readHistory(dataDir, execution.id));
}

/** @param history its first event at least */
export function executionLine(
  { id, status, startDate, stopDate }: Pick<Execution, 'id' | 'status' | 'startDate' | 'stopDate'>,
  history: HistoryEvent[],
): string {
  const when = new Date(startDate).toISOString().replace('T', ' ').slice(0, 19);
  const took = stopDate === undefined ? '' : `${((stopDate - startDate) / 1000).toFixed(2)} s`;
  return [
    id.slice(0, 8),
    when,
    paint(COLORS[status], status.padEnd(9)),
    took.padStart(8),
    keyOf(history),
  ].join('  ');
}

export function drawing(
  { executionArn, status }: Pick<Execution, 'executionArn' | 'status'>,
  definition: Definition,
  history: HistoryEvent[],
): string {
  const summary = summarize(history);
  const width = Math.max(80, process.stdout.columns ?? 80);
  return [
    executionArn,
    `${keyOf(history)}  ${status}`,
    '',
    renderGraph(focus(definition, summary), summary, { color: COLOR, width }),
  ].join('\n');
}
