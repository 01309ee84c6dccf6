/** Histories from a file, for as long as the console runs. */
import type { HistoryEvent } from '../../local-aws/history';
import type { Run } from './api';
import { historiesIn } from './import';
import { Refused } from './refused';
import { RunList } from './run-list';
import { runOf } from './run-of';

/** The most runs that are kept. */
const MOST_RUNS = 200;

/** The most characters of all histories together. */
const MOST_TEXT = 100_000_000;

interface Imported {
  id: string;
  startedAt: number;
  run: Run;
  history: HistoryEvent[];
}

/**
 * Says what it means that a history can't be read. Anyone may have written an imported one, so its data may have any shape.
 *
 * @throws Refused
 */
export function unreadable(error: unknown): never {
  if (error instanceof Refused) throw error;
  throw new Refused(
    422,
    "The data of this history aren't those of a run of this workflow, so it can't be shown.",
  );
}

export class Imports {
  private readonly list = new RunList<Imported>(MOST_RUNS);

  private taken = 0;

  /** @returns the runs in the text, newest first @throws Refused if it holds no history, or if there are too many already */
  add(text: string): Run[] {
    if (this.taken + text.length > MOST_TEXT) {
      throw new Refused(
        413,
        'The console has imported 100 MB, which is the most. Start it anew to import more.',
      );
    }
    const all = historiesIn(text).map(({ arn, history }): Imported => {
      const run: Run = { ...rowOf(arn, history), imported: true };
      return { id: run.id, startedAt: run.startedAt, run, history };
    });
    this.taken += text.length;
    for (const imported of all) this.list.set(imported);
    return all.map(({ run }) => run).sort((one, other) => other.startedAt - one.startedAt);
  }

  get(id: string): Imported | undefined {
    return this.list.get(id);
  }

  /** Newest first. */
  runs(since?: number): Run[] {
    return this.list.newest({ since, limit: MOST_RUNS }).items.map(({ run }) => run);
  }
}

function rowOf(arn: string, history: readonly HistoryEvent[]): Run {
  try {
    return runOf(arn, history);
  } catch (error) {
    return unreadable(error);
  }
}
