import { setImmediate as immediate } from 'node:timers/promises';
import { watched } from './cloud';

interface Run {
  ended: boolean;
  /** The calls that wait for their turn, oldest first. */
  calls: Turn[];
}

/** Something that can happen next. */
export type Turn = () => Promise<unknown>;

/**
 * Lets concurrent runs take turns: only one AWS call happens at a time, and it is chosen which. A run counts as waiting as
 * soon as it wants to make a call.
 */
export class Turns {
  private readonly runs: Run[] = [];
  private last?: Run;
  private wake = () => {};

  /** Starts a run, which goes on until its first call. */
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
   * Lets everything happen, until nothing is left.
   *
   * @param others what could happen besides the waiting calls
   * @param leaveFor given the number of other choices, returns which one to take instead of continuing the last run: first
   *   come the `others`, then the runs that were switched away from earlier. Null to continue
   * @param last what happens only if nothing else can
   */
  async play(
    others: () => Turn[],
    leaveFor: (among: number) => number | null,
    last: () => Turn | undefined,
  ): Promise<void> {
    for (;;) {
      await this.settled();
      const own = this.turnsOf(this.last);
      const left = this.runs.filter((run) => run !== this.last);
      const away = [...others(), ...left.flatMap((run) => this.turnsOf(run))];
      const chosen = leaveFor(away.length);
      const turn = (chosen === null ? own[0] : away[chosen]) ?? away[0] ?? own[0] ?? last();
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

  /** Resolves when every run has ended or waits for its turn. */
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
