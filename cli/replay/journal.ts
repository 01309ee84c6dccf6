import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../lib/command';
import type { Outcome } from './outcome';

/** What a journal begins with: what is replayed. */
export interface Task {
  prefix: string;
  bucket: string;
}

/**
 * What a replay of a prefix has done, on disk, so that it can be taken up where it was broken off: a first line that
 * says what is replayed, and a line for each image that came to its end.
 */
export class Journal {
  private constructor(
    readonly file: string,
    readonly task: Task,
    /** Keys that need not be replayed again. */
    readonly ended: ReadonlySet<string>,
  ) {}

  /** @throws Error when there is a file already */
  static begin(file: string, task: Task): Journal {
    if (existsSync(file)) throw new Error(`Expected no file at ${file}, which is to be the journal`);
    append(file, task);
    return new Journal(file, task, new Set());
  }

  /** @throws UsageError when it cannot be read, or is no journal */
  static resume(file: string): Journal {
    const [first, ...lines] = readLines(file);
    const { prefix, bucket } = (first ?? {}) as Partial<Task>;
    if (typeof prefix !== 'string' || typeof bucket !== 'string') {
      throw new UsageError(`Expected a journal of an earlier replay for --resume but ${file} is none`);
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

/** Each line, parsed. A last line cut short by a crash is left out. */
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
