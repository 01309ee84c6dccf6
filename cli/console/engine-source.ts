/** Runs in the data folder of an engine, whether or not the engine still runs. */

import { shellWord } from '../../contract/text';
import { type Execution, ExecutionTail, readEvents, readLog } from '../../local-aws/history';
import type { Run } from './api';
import { RunList } from './run-list';
import { isRowType, runOf } from './run-of';
import type { Source } from './source';

/** Milliseconds between two looks at the folder. */
const INTERVAL = 200;

/** The most runs that are listed. */
const MOST_RUNS = 50_000;

/** Histories that are read at the same time. */
const CONCURRENCY = 16;

/** An execution that ended is in the list a moment before the end is in its history. */
const LOOKS_FOR_END = 10;

interface Listed extends Execution {
  startedAt: number;
  /** Once it has ended and its history has been read. */
  run?: Run;
}

export interface EngineSourceOptions {
  /** Absolute path. */
  dataDir: string;
  /** The folder that commands use without `--data`. */
  defaultDataDir: string;
  /** Runs that began earlier are left out, in Unix milliseconds. @default none */
  since?: number;
}

export async function openEngineSource(options: EngineSourceOptions): Promise<Source> {
  const { dataDir, defaultDataDir, since = 0 } = options;
  const tail = new ExecutionTail(dataDir);
  const list = new RunList<Listed>(MOST_RUNS);
  let timer: NodeJS.Timeout | undefined;
  /** What has begun or ended and is not reported yet. */
  const news = new Map<string, Listed>();
  let following = false;
  let looking: Promise<void> | undefined;

  function look(): Promise<void> {
    looking ??= tail
      .read()
      .then(({ executions, emptied }) => {
        if (emptied) list.clear();
        for (const execution of executions) {
          const item = { ...execution, startedAt: execution.startDate };
          list.set(item);
          if (following) news.set(item.id, item);
        }
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  async function rowOf(item: Listed, looksLeft = LOOKS_FOR_END): Promise<Run> {
    if (item.run) return item.run;
    const row = runOf(item.executionArn, await readEvents(dataDir, item.id, isRowType));
    const ended = item.status !== 'RUNNING';
    if (ended && row.status === 'RUNNING' && looksLeft > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return rowOf(item, looksLeft - 1);
    }
    const run = row.status === 'RUNNING' ? cutShort(row, item) : row;
    if (ended) item.run = run;
    return run;
  }

  async function rowsOf(items: readonly Listed[]): Promise<Run[]> {
    const rows: Run[] = new Array(items.length);
    let next = 0;
    const worker = async () => {
      while (next < items.length) {
        const n = next++;
        rows[n] = await rowOf(items[n] as Listed);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return rows;
  }

  await look();
  return {
    async runs(query) {
      await look();
      const { items, more } = list.newest({ ...query, since: Math.max(since, query.since ?? 0) });
      return { runs: await rowsOf(items), more };
    },
    async run(id) {
      await look();
      const item = list.get(id);
      return item && rowOf(item);
    },
    history: ({ id }) => readEvents(dataDir, id),
    async log(functionName, from, to) {
      return { value: await readLog(dataDir, functionName, { from, to }) };
    },
    command: ({ id }) =>
      `npm run executions -- ${dataDir === defaultDataDir ? '' : `--data ${shellWord(dataDir)} `}${id.slice(0, 8)}`,
    follow(onRun) {
      following = true;
      const next = async () => {
        try {
          await look();
          for (const [id, item] of news) {
            news.delete(id);
            onRun(await rowOf(item));
          }
        } catch (error) {
          console.error(`The runs in ${dataDir} could not be read: ${(error as Error).message}`);
        }
        if (following) timer = setTimeout(next, INTERVAL);
      };
      timer = setTimeout(next, INTERVAL);
    },
    async close() {
      following = false;
      clearTimeout(timer);
      await looking?.catch(() => {});
    },
  };
}

/** A run whose history has no end, since the engine was killed, or runs still. */
function cutShort(row: Run, { status, startDate, stopDate, error }: Execution): Run {
  const startedAt = Number.isNaN(row.startedAt) ? startDate : row.startedAt;
  if (status === 'RUNNING') return { ...row, startedAt };
  return {
    ...row,
    startedAt,
    status,
    outcome: status === 'ABORTED' ? 'ABORTED' : row.outcome,
    ...(stopDate !== undefined && { endedAt: stopDate }),
    ...(error && { error }),
  };
}
