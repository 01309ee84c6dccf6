/** A Map Run on disk: `executions/map-runs/<id>.jsonl` says what was read, and how each child ended. It only grows. */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineFile } from '../../line-file';
import type { Item } from './items';

export type ChildStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** The first line. */
export interface MapRun {
  id: string;
  mapRunArn: string;
  executionArn: string;
  state: string;
  /** Milliseconds since 1970. */
  startDate: number;
  maxConcurrency: number;
  toleratedPercent: number;
}

/** How a child ended. */
export interface Ended {
  n: number;
  status: Exclude<ChildStatus, 'PENDING'>;
  executionArn: string;
  name: string;
  startDate: number;
  stopDate: number;
  output?: string;
  error?: string;
  cause?: string;
}

export interface Child {
  n: number;
  items: Item[];
  status: ChildStatus;
  /** Its last attempt; undefined before the first has ended. */
  ended?: Ended;
}

type Line =
  | { kind: 'run'; run: MapRun }
  | { kind: 'reading' }
  | { kind: 'batch'; n: number; items: Item[] }
  | { kind: 'read' }
  | { kind: 'end'; end: Ended }
  | { kind: 'status'; status: MapRunStatus; stopDate?: number; redriven?: true; output?: unknown };

const folderOf = (dataDir: string) => join(dataDir, 'executions', 'map-runs');
const fileOf = (dataDir: string, id: string) => join(folderOf(dataDir), `${id}.jsonl`);

export class Journal {
  readonly children: Child[] = [];
  isRead = false;
  status: MapRunStatus = 'RUNNING';
  stopDate: number | undefined;
  redriveCount = 0;
  /** What the state answers, once it has succeeded. */
  output: unknown;

  private constructor(
    readonly run: MapRun,
    private readonly file: LineFile,
  ) {}

  static begin(dataDir: string, run: MapRun): Journal {
    mkdirSync(folderOf(dataDir), { recursive: true });
    const journal = new Journal(run, new LineFile(fileOf(dataDir, run.id)));
    journal.write({ kind: 'run', run });
    return journal;
  }

  /** Every Map Run that a data folder has, oldest first. */
  static all(dataDir: string): Journal[] {
    if (!existsSync(folderOf(dataDir))) return [];
    return readdirSync(folderOf(dataDir))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => {
        const [first, ...lines] = linesIn(join(folderOf(dataDir), name));
        if (first?.kind !== 'run') return [];
        const journal = new Journal(first.run, new LineFile(join(folderOf(dataDir), name)));
        for (const line of lines) journal.take(line);
        return [journal];
      })
      .sort((one, other) => one.run.startDate - other.run.startDate);
  }

  /** Begins to read the items: what an earlier attempt had read is forgotten, since no child of it has started. */
  reading(): void {
    this.append({ kind: 'reading' });
  }

  batch(items: Item[]): void {
    this.append({ kind: 'batch', n: this.children.length, items });
  }

  read(): void {
    this.append({ kind: 'read' });
  }

  end(end: Ended): void {
    this.append({ kind: 'end', end });
  }

  finish(status: Exclude<MapRunStatus, 'RUNNING'>, output?: unknown): void {
    this.append({ kind: 'status', status, stopDate: Date.now(), output });
  }

  /** Makes those children run again that did not succeed. */
  redrive(): void {
    this.append({ kind: 'status', status: 'RUNNING', redriven: true });
  }

  /** Resolves when everything is on disk. */
  flushed(): Promise<void> {
    return this.file.flushed();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private append(line: Line): void {
    this.take(line);
    this.write(line);
  }

  private write(line: Line): void {
    this.file.append(JSON.stringify(line));
  }

  private take(line: Line): void {
    switch (line.kind) {
      case 'reading':
        this.children.length = 0;
        return;
      case 'batch':
        this.children[line.n] = { n: line.n, items: line.items, status: 'PENDING' };
        return;
      case 'read':
        this.isRead = true;
        return;
      case 'end': {
        const child = this.children[line.end.n];
        if (child) Object.assign(child, { status: line.end.status, ended: line.end });
        return;
      }
      case 'status':
        this.status = line.status;
        this.stopDate = line.stopDate;
        this.output = line.output;
        if (!line.redriven) return;
        this.redriveCount++;
        for (const child of this.children) if (child.status !== 'SUCCEEDED') child.status = 'PENDING';
    }
  }
}

/** The complete lines. A last one that a crash has cut short is left out. */
function linesIn(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
}
