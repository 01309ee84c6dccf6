import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../lib/command';
import type { Outcome } from './outcome';

/** The first line of a journal: what is replayed. */
export interface Task {
  prefix: string;
  bucket: string;
}

/**
 * A file that says what a replay of a prefix has done, so that another run can continue after an interruption: the first
 * line says what is replayed, then there is a line for each image that is finished.
 */
export class Journal {
  private constructor(
    readonly file: string,
    readonly task: Task,
    /** Keys that need no further replay. */
    readonly ended: ReadonlySet<string>,
  ) {}

  /** @throws Error when the file exists already */
  static begin(file: string, task: Task): Journal {
    if (existsSync(file)) throw new Error(`Expected no file at ${file}, where the journal would go`);
    append(file, task);
    return new Journal(file, task, new Set());
  }

  /** @throws UsageError when the file cannot be read or is not a journal */
  static resume(file: string): Journal {
    const [first, ...lines] = readLines(file);
    const { prefix, bucket } = (first ?? {}) as Partial<Task>;
    if (typeof prefix !== 'string' || typeof bucket !== 'string') {
      throw new UsageError(`Expected a journal of an earlier replay for --resume but ${file} is not one`);
    }
    const ended = (lines as { key: string; kind: Outcome['kind'] }[])
      .filter(({ kind }) => kind !== 'failed')
      .map(({ key }) => key);
    return new Journal(file, { prefix, bucket }, new Set(ended));
  }

  note(key: string, { kind }: Outcome): void {
    append(this.file, { key, kind });
  }
}

/** Each line, parsed. A last line that a crash cut short is skipped. */
function readLines(file: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `Expected a journal of an earlier replay for --resume but: ${(error as Error).message}`,
    );
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

function append(file: string, line: object): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
