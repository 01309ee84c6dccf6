/** Asynchronous invocation, as services of AWS invoke a function: docs.aws.amazon.com/lambda/latest/dg/invocation-async.html */

import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionError } from './errors';

/** Seconds to wait before each retry of a function that has failed. */
const RETRIES = [60, 120];

/** Seconds for which Lambda keeps trying if it has no capacity, and the longest wait between two attempts. */
const LONGEST = 6 * 60 * 60;
const LONGEST_WAIT = 5 * 60;

const CAPACITY = ['Lambda.TooManyRequestsException', 'Lambda.ServiceException'];

export interface AsynchronousOptions {
  invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** Multiplies the waits. */
  waitScale: number;
  /** Ends the waits, and with them the retries. */
  signal: AbortSignal;
  /** Receives a line for each event that Lambda drops. */
  log: (line: string) => void;
}

/** @returns a function that resolves when the event was handled or dropped */
export function asynchronous({ invoke, waitScale, signal, log }: AsynchronousOptions) {
  return async (functionArn: string, event: unknown): Promise<void> => {
    let failures = 0;
    let refusals = 0;
    let waited = 0;
    while (!signal.aborted) {
      try {
        await invoke(functionArn, event);
        return;
      } catch (error) {
        // An invocation that was interrupted by stopping the engine hasn't failed.
        if (signal.aborted) return;
        if (!(error instanceof FunctionError)) throw error;
        const refused = CAPACITY.includes(error.name);
        const wait = refused ? Math.min(2 ** refusals++, LONGEST_WAIT) : RETRIES[failures++];
        if (wait === undefined || waited >= LONGEST) {
          log(`Lambda dropped an event for ${functionArn}: ${error.name}: ${error.message}`);
          return;
        }
        waited += wait;
        await sleep(wait * 1_000 * waitScale, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  };
}
