/**
 * Executions on disk: `executions/index.jsonl` has a line for each start and each end, and `executions/<id>.jsonl` a line
 * for each event. Both files only grow, and can be read while an engine runs.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineFile } from '../line-file';
import type { Execution, ExecutionStatus, HistoryEvent } from './history';

const folderOf = (dataDir: string) => join(dataDir, 'executions');
const indexOf = (dataDir: string) => join(folderOf(dataDir), 'index.jsonl');
const historyOf = (dataDir: string, id: string) => join(folderOf(dataDir), `${id}.jsonl`);

/** The complete lines of a file, parsed. A last line that a crash has cut short is left out. */
function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
}

/**
 * All executions that were run in a data folder, newest first.
 *
 * @param dataDir may be in use by an engine
 */
export function readExecutions(dataDir: string): Execution[] {
  const byArn = new Map<string, Execution>();
  for (const line of readLines<Execution>(indexOf(dataDir))) byArn.set(line.executionArn, line);
  return [...byArn.values()].reverse();
}

/**
 * @param idOrPrefix the ARN of an execution, or the start of its id or name
 * @throws Error if no execution or more than one matches
 */
export function findExecution(dataDir: string, idOrPrefix: string): Execution {
  const found = readExecutions(dataDir).filter(
    ({ id, name, executionArn }) =>
      executionArn === idOrPrefix || id.startsWith(idOrPrefix) || name.startsWith(idOrPrefix),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new Error(
    only
      ? `Expected one execution for ${idOrPrefix} but received ${found.length}: ${found.map(({ id }) => id).join(', ')}`
      : `Expected an execution for ${idOrPrefix} but received none in ${folderOf(dataDir)}`,
  );
}

/**
 * @param idOrPrefix the ARN of an execution, or the start of its id or name
 * @returns its events so far, in order
 * @throws Error if no execution or more than one matches
 */
export function readHistory(dataDir: string, idOrPrefix: string): HistoryEvent[] {
  const file = historyOf(dataDir, idOrPrefix.split(':').at(-1)!);
  // A complete id needs no search among all executions.
  return readLines<HistoryEvent>(
    existsSync(file) ? file : historyOf(dataDir, findExecution(dataDir, idOrPrefix).id),
  );
}

/** How many executions that have ended stay in memory: those that someone is likely to ask about next. */
const RECENT = 1_000;

/** The writing side. A data folder has one at a time. Memory holds the executions that run and the {@link RECENT} ones. */
export class ExecutionStore {
  private readonly running = new Map<string, { execution: Execution; history: LineFile }>();
  private readonly recent = new Map<string, Execution>();
  private readonly index: LineFile;

  /** Executions that an earlier engine didn't end and that go on, oldest first. */
  readonly interrupted: Execution[] = [];

  /**
   * Opens the store. Executions that an earlier engine didn't end become ABORTED.
   *
   * @param goesOn whether an execution goes on instead, as those of STANDARD machines do
   */
  constructor(
    private readonly dataDir: string,
    goesOn: (execution: Execution) => boolean = () => false,
  ) {
    mkdirSync(folderOf(dataDir), { recursive: true });
    const earlier = readExecutions(dataDir).reverse();
    this.index = new LineFile(indexOf(dataDir));
    for (const execution of earlier) {
      if (execution.status !== 'RUNNING') continue;
      if (goesOn(execution)) {
        this.interrupted.push(execution);
        continue;
      }
      this.save({
        ...execution,
        status: 'ABORTED',
        stopDate: Date.now(),
        cause: 'The local engine was stopped.',
      });
    }
  }

  /** @returns a function that takes the events of the execution, in order */
  start(execution: Execution): (event: HistoryEvent) => void {
    const history = new LineFile(historyOf(this.dataDir, execution.id));
    this.running.set(execution.executionArn, { execution, history });
    this.save(execution);
    return (event) => history.append(JSON.stringify(event));
  }

  async end(execution: Execution): Promise<void> {
    // One that is RUNNING goes on in the next engine.
    if (execution.status !== 'RUNNING') this.save(execution);
    await this.running.get(execution.executionArn)?.history.close();
    // Now the index answers for it.
    await this.index.flushed();
    this.recent.set(execution.executionArn, execution);
    if (this.recent.size > RECENT) this.recent.delete(this.recent.keys().next().value as string);
    this.running.delete(execution.executionArn);
  }

  async get(executionArn: string): Promise<Execution | undefined> {
    const known = this.running.get(executionArn)?.execution ?? this.recent.get(executionArn);
    return known ?? (await this.all()).find((execution) => execution.executionArn === executionArn);
  }

  /** Newest first. */
  async list(status?: ExecutionStatus): Promise<Execution[]> {
    if (status === 'RUNNING') return [...this.running.values()].map(({ execution }) => execution).reverse();
    const all = await this.all();
    return all.filter((execution) => !status || execution.status === status);
  }

  async history({ executionArn, id }: Execution): Promise<HistoryEvent[]> {
    await this.running.get(executionArn)?.history.flushed();
    return readLines(historyOf(this.dataDir, id));
  }

  close(): Promise<void> {
    return this.index.close();
  }

  /** Everything in the index. An execution whose end is not yet written there is RUNNING. */
  private async all(): Promise<Execution[]> {
    await this.index.flushed();
    return readExecutions(this.dataDir);
  }

  private save(execution: Execution): void {
    this.index.append(JSON.stringify(execution));
  }
}
