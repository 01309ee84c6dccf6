/** Runs of the deployed stack, from the logs of its state machine and of its functions in CloudWatch. */
import type { HistoryEvent, LogLine } from '../../local-aws/history';
import { historyEvent } from '../executions/vended';
import type { Run } from './api';
import type { LogReader } from './log-reader';
import { RunList } from './run-list';
import { ROW_TYPES, RunRow } from './run-of';
import type { Source } from './source';
import { maybe } from './stack';

export interface AwsSourceOptions {
  reader: LogReader;
  /** Name of the state machine. */
  machine: string;
  /** Unix milliseconds. */
  since: number;
  /** Milliseconds between two looks at the log. */
  pollEvery: number;
}

/** The most runs that are listed, and whole histories that are kept. */
const MOST_RUNS = 20_000;
const MOST_HISTORIES = 30;

/** Milliseconds by which an event may arrive later in the log than it happened. */
const LATE = 10_000;

/** How far back `npm run executions -- --aws` looks for a run by itself. */
const DAY = 86_400_000;

const ROW_PATTERN = `{ ${ROW_TYPES.map((type) => `$.type = "${type}"`).join(' || ')} }`;

interface Listed {
  id: string;
  startedAt: number;
  row: RunRow;
}

export function openAwsSource({ reader, machine, since, pollEvery }: AwsSourceOptions): Source {
  const group = `/aws/vendedlogs/states/${machine}`;
  const list = new RunList<Listed>(MOST_RUNS);
  /** Rows by ARN whose first event has not arrived, or is further back. */
  const partial = new Map<string, RunRow>();
  const histories = new Map<string, HistoryEvent[]>();
  let looked = 0;
  let looking: Promise<void> | undefined;
  let report: ((run: Run) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  function rowOf(arn: string): RunRow {
    const row = list.get(arn.split(':').at(-1) as string)?.row ?? partial.get(arn) ?? new RunRow(arn);
    if (!row.isWhole) partial.set(arn, row);
    return row;
  }

  function take(lines: readonly LogLine[], changed: Map<string, string>): void {
    for (const { text } of lines) {
      const event = historyEvent(text);
      if (!event) continue;
      const row = rowOf(event.execution_arn);
      if (!changed.has(row.run.arn)) changed.set(row.run.arn, JSON.stringify(row.run));
      row.add(event);
      if (!row.isWhole) continue;
      partial.delete(row.run.arn);
      list.set({ id: row.run.id, startedAt: row.run.startedAt, row });
    }
  }

  /** Reads what has arrived since the last look. */
  function look(): Promise<void> {
    looking ??= (async () => {
      const now = Date.now();
      const changed = new Map<string, string>();
      const from = Math.max(since, looked - LATE);
      await reader.read({ group, pattern: ROW_PATTERN, from }, (lines) => take(lines, changed));
      looked = now;
      for (const [arn, before] of changed) {
        const row = rowOf(arn);
        if (row.isWhole && JSON.stringify(row.run) !== before) report?.(row.run);
      }
    })().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  return {
    async runs(query) {
      const seen = Date.now() - looked < pollEvery ? { value: undefined } : await maybe(look);
      const { items, more } = list.newest(query);
      return { runs: items.map(({ row }) => row.run), more, ...('missing' in seen && seen) };
    },
    async run(id) {
      if (!list.get(id)) await look();
      return list.get(id)?.row.run;
    },
    async history({ arn, startedAt, endedAt }) {
      const kept = histories.get(arn);
      if (kept) return kept;
      const events = new Map<string, HistoryEvent>();
      await reader.read({ group, pattern: `{ $.execution_arn = "${arn}" }`, from: startedAt }, (lines) => {
        for (const { text } of lines) {
          const event = historyEvent(text);
          if (event) events.set(event.id, event);
        }
      });
      const history = [...events.values()].sort((one, other) => Number(one.id) - Number(other.id));
      if (endedAt !== undefined && isWhole(history)) keep(arn, history);
      return history;
    },
    log: (functionName, from, to) =>
      maybe(async () => {
        const lines: LogLine[] = [];
        await reader.read({ group: `/aws/lambda/${functionName}`, from, to }, (page) => lines.push(...page));
        return lines;
      }),
    command({ id, startedAt }) {
      const early = startedAt < Date.now() - DAY ? ` --since ${new Date(startedAt).toISOString()}` : '';
      return `npm run executions -- --aws${early} ${id.slice(0, 8)}`;
    },
    scan: () => reader.scan,
    follow(onRun, isWatched) {
      report = onRun;
      timer = setInterval(() => {
        // Its error shows where the list is read.
        if (isWatched()) look().catch(() => {});
      }, pollEvery).unref();
    },
    async close() {
      // A look that is under way changes nothing, and may wait long for AWS.
      clearInterval(timer);
      report = undefined;
    },
  };

  function keep(arn: string, history: HistoryEvent[]): void {
    histories.set(arn, history);
    const [oldest] = histories.keys();
    if (histories.size > MOST_HISTORIES && oldest !== undefined) histories.delete(oldest);
  }
}

/** Whether no event is missing: CloudWatch may get them a little later, and in any order. */
const isWhole = (history: readonly HistoryEvent[]) =>
  history.every(({ id }, n) => Number(id) === n + 1) &&
  /^Execution(?!Started)/.test(history.at(-1)?.type ?? '');
