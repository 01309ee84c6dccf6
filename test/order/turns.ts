import { setImmediate as immediate } from 'node:timers/promises';
import { watched } from './cloud';

interface Run {
  ended: boolean;
  /** Calls that wait for their turn, oldest first. */
  calls: Turn[];
}

/** Something that can happen next. */
export type Turn = () => Promise<unknown>;

/**
 * Takes turns between runs that would otherwise race: one call of AWS happens at a time, and who is next is chosen.
 * A run counts as waiting once it has a call to make, whatever else it does at the side.
 */
export class Turns {
  private readonly runs: Run[] = [];
  private last?: Run;
  private wake = () => {};

  /** Begins a run. It goes as far as its first call. */
  begin(work: () => Promise<unknown>): Promise<unknown> {
    const run: Run = { ended: false, calls: [] };
    this.runs.push(run);
    this.last = run;
    const wait = (_: string, perform: () => Promise<unknown>) =>
      new Promise((resolve, reject) => {
        run.calls.push(() => perform().then(resolve, reject));
        this.wake();
      });
    return watched(wait, work).finally(() => {
      run.ended = true;
      this.wake();
    });
  }

  /**
   * Lets everything happen, until nothing is left to.
   *
   * @param others what could happen besides the calls that wait
   * @param leaveFor which of so many other turns to take instead of carrying on with the run that had the last one; the
   *   first of them are `others`, then come the runs that were left before. Null to carry on
   */
  async play(others: () => Turn[], leaveFor: (among: number) => number | null): Promise<void> {
    for (;;) {
      await this.settled();
      const own = this.turnsOf(this.last);
      const left = this.runs.filter((run) => run !== this.last);
      const away = [...others(), ...left.flatMap((run) => this.turnsOf(run))];
      const chosen = leaveFor(away.length);
      const turn = (chosen === null ? own[0] : away[chosen]) ?? away[0] ?? own[0];
      if (!turn) return;
      await turn();
    }
  }

  private turnsOf(run?: Run): Turn[] {
    return (run?.calls ?? []).map((call) => async () => {
      run?.calls.splice(run.calls.indexOf(call), 1);
      this.last = run;
      await call();
    });
  }

  /** Resolves when every run waits for its turn or has ended. */
  private async settled(): Promise<void> {
    await immediate();
    while (this.runs.some(({ ended, calls }) => !ended && calls.length === 0)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await immediate();
    }
  }
}
