/** The state of an execution as the last event has it that shows it: what the run has made so far. */

import type { ObjectEvent } from '../../contract/event';
import type { Image, Thumbnails } from '../../contract/image';
import type { CaughtError, Failure } from '../../contract/states';
import type { HistoryEvent } from '../../local-aws/history';
import { parsed } from './run-of';

/** What the functions of the workflow add to the event, as far as the console shows it. */
export interface RunState extends Partial<ObjectEvent> {
  error?: CaughtError;
  image?: Image;
  thumbnails?: Thumbnails;
  record?: { id?: string };
  notification?: { messageId: string | null };
  failure?: Failure;
}

const SHOWS_STATE = /^(ExecutionStarted|\w+StateEntered|\w+StateExited)$/;

/** @returns undefined if the history has no data */
export function stateOf(history: readonly HistoryEvent[]): RunState | undefined {
  for (const { type, details } of [...history].reverse()) {
    const state = SHOWS_STATE.test(type) && parsed<RunState>(details['output'] ?? details['input']);
    if (state) return state;
  }
  return undefined;
}
