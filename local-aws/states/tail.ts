/** Reads what a data folder has of executions bit by bit, while an engine adds to it. */

import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Execution, HistoryEvent } from './history';

/** What is new since the last look. */
export interface Tail {
  /** Executions that began or ended, in the order in which they did. The same one may come twice. */
  executions: Execution[];
  /** Whether the folder was emptied since the last look, so that all earlier executions are gone. */
  emptied: boolean;
}

const NEW_LINE = 10;

/** Follows `executions/index.jsonl`. */
export class ExecutionTail {
  private offset = 0;

  private readonly file: string;

  constructor(dataDir: string) {
    this.file = join(dataDir, 'executions', 'index.jsonl');
  }

  /** The first look returns every execution. */
  async read(): Promise<Tail> {
    const handle = await open(this.file).catch(ifMissing);
    if (!handle) {
      const emptied = this.offset > 0;
      this.offset = 0;
      return { executions: [], emptied };
    }
    try {
      const { size } = await handle.stat();
      const emptied = size < this.offset;
      if (emptied) this.offset = 0;
      const bytes = Buffer.alloc(size - this.offset);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.offset);
      // The last line may not be complete yet.
      const end = bytes.lastIndexOf(NEW_LINE, bytesRead - 1) + 1;
      this.offset += end;
      return { executions: linesOf<Execution>(bytes.toString('utf8', 0, end)), emptied };
    } finally {
      await handle.close();
    }
  }
}

const TYPE = /^\{"id":"\d+","type":"(\w+)"/;

/**
 * Some events of a history. It is much faster than reading all of them, since most of a history is the data of other events.
 *
 * @param isWanted decides by the type of an event
 * @returns the events so far, in order; none if there is no such execution
 */
export async function readEvents(
  dataDir: string,
  id: string,
  isWanted: (type: string) => boolean = () => true,
): Promise<HistoryEvent[]> {
  const text = await readFile(join(dataDir, 'executions', `${id}.jsonl`), 'utf8').catch(ifMissing);
  return linesOf<HistoryEvent>(text ?? '', (line) => isWanted(TYPE.exec(line)?.[1] ?? ''));
}

/** The complete lines, parsed. */
function linesOf<T>(text: string, isWanted: (line: string) => boolean = () => true): T[] {
  return text.split('\n').flatMap((line) => {
    if (!line || !isWanted(line)) return [];
    try {
      return [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
