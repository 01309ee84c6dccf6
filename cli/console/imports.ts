/** Histories from a file, for as long as the console runs. */
import type { HistoryEvent } from '../../local-aws/history';
import type { Run } from './api';
import { historiesIn } from './import';
import { RunList } from './run-list';
import { runOf } from './run-of';

/** The most runs that are kept. */
const MOST_RUNS = 200;

interface Imported {
  id: string;
  startedAt: number;
  run: Run;
  history: HistoryEvent[];
}

export class Imports {
  private readonly list = new RunList<Imported>(MOST_RUNS);

  /** @returns the runs in the text, newest first @throws Refused if it holds no history */
  add(text: string): Run[] {
    const all = historiesIn(text).map(({ arn, history }): Imported => {
      const run: Run = { ...runOf(arn, history), imported: true };
      return { id: run.id, startedAt: run.startedAt, run, history };
    });
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
