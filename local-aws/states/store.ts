/**
 * Executions on disk: `executions/index.jsonl` has a line for each start and each end, and `executions/<id>.jsonl` a line
 * for each event. Both files only grow, and can be read while an engine runs.
 */

import { createWriteStream, existsSync, mkdirSync, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Execution, HistoryEvent } from './history';

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

/** Appends JSON lines in the background. */
class Lines {
  private readonly stream: WriteStream;

  private closed?: Promise<void>;

  constructor(file: string) {
    this.stream = createWriteStream(file, { flags: 'a' });
    // Ends a line that a crash may have cut short. If there was none, this adds an empty line, which readers skip.
    if (existsSync(file)) this.stream.write('\n');
  }

  append(line: object): void {
    this.stream.write(`${JSON.stringify(line)}\n`);
  }

  /** Resolves when everything appended so far can be read from the file. */
  flushed(): Promise<void> {
    if (this.closed) return this.closed;
    return new Promise((resolve, reject) =>
      this.stream.write('', (error) => (error ? reject(error) : resolve())),
    );
  }

  close(): Promise<void> {
    this.closed ??= new Promise((resolve) => this.stream.end(resolve));
    return this.closed;
  }
}

/** The writing side. A data folder has one at a time. */
export class ExecutionStore {
  private readonly executions = new Map<string, Execution>();
  private readonly index: Lines;
  private readonly histories = new Map<string, Lines>();

  /** Opens the store. Executions that an earlier engine didn't end become ABORTED. */
  constructor(private readonly dataDir: string) {
    mkdirSync(folderOf(dataDir), { recursive: true });
    const earlier = readExecutions(dataDir).reverse();
    this.index = new Lines(indexOf(dataDir));
    for (const execution of earlier) {
      if (execution.status === 'RUNNING') {
        this.save({
          ...execution,
          status: 'ABORTED',
          stopDate: Date.now(),
          cause: 'The local engine was stopped.',
        });
      } else {
        this.executions.set(execution.executionArn, execution);
      }
    }
  }

  /** @returns a function that takes the events of the execution, in order */
  start(execution: Execution): (event: HistoryEvent) => void {
    this.save(execution);
    const lines = new Lines(historyOf(this.dataDir, execution.id));
    this.histories.set(execution.executionArn, lines);
    return (event) => lines.append(event);
  }

  async end(execution: Execution): Promise<void> {
    this.save(execution);
    const lines = this.histories.get(execution.executionArn);
    await lines?.close();
    this.histories.delete(execution.executionArn);
  }

  get(executionArn: string): Execution | undefined {
    return this.executions.get(executionArn);
  }

  /** Newest first. */
  list(): Execution[] {
    return [...this.executions.values()].reverse();
  }

  async history(execution: Execution): Promise<HistoryEvent[]> {
    await this.histories.get(execution.executionArn)?.flushed();
    return readLines(historyOf(this.dataDir, execution.id));
  }

  close(): Promise<void> {
    return this.index.close();
  }

  private save(execution: Execution): void {
    this.executions.set(execution.executionArn, execution);
    this.index.append(execution);
  }
}
