import { CLOCK, type Clock } from '../lib/clock';

/** No execution of an Express workflow lasts longer: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_RUN = 300_000;

/** Milliseconds. The clocks of this machine and of AWS may differ a little. */
const SPARE = 5_000;

const LOOK_EVERY = 500;

export interface Settling {
  /** When each deletion was recorded, in ISO 8601. */
  recorded: readonly string[];
  /** Whether any execution is under way or waits in the backlog, if that can be known. */
  isBusy?: (() => Promise<boolean>) | undefined;
  signal: AbortSignal;
  /** Called when there is something to wait for. @param until latest end, in Unix milliseconds */
  onWait(until: number): void;
  clock?: Clock;
  /** Unix milliseconds. */
  now?: () => number;
}

/**
 * Waits until no run that began before the deletions can be under way: such a run finds the record of the deletion and gives up,
 * and without one would write a record again.
 *
 * @returns false if the signal was aborted before
 */
export async function settled(settling: Settling): Promise<boolean> {
  const { recorded, isBusy, signal, onWait, clock = CLOCK, now = Date.now } = settling;
  if (recorded.length === 0) return !signal.aborted;
  const end = Math.max(...recorded.map((time) => Date.parse(time))) + LONGEST_RUN + SPARE;
  let idle = 0;
  let isSaid = false;
  while (now() < end) {
    if (signal.aborted) return false;
    // An event may be on its way between two executions.
    idle = isBusy && !(await isBusy()) ? idle + 1 : 0;
    if (idle === 2) break;
    if (!isSaid) onWait(end);
    isSaid = true;
    await clock.wait(LOOK_EVERY, signal);
  }
  return !signal.aborted;
}
