/** Which runs a person means by what they type. */
import { keyIn } from '../process/report';
import type { Run } from './show';

/** What the runs have in common with the text. */
export type By = 'id' | 'key';

/** How runs that did not succeed have ended. */
const FAILURES: readonly Run['execution']['status'][] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

export const isFailed = ({ status }: Run['execution']): boolean => FAILURES.includes(status);

/** Whether a text is the ARN of an execution, or the beginning of its ID or its name. */
export function isNamed({ executionArn }: Pick<Run['execution'], 'executionArn'>, text: string): boolean {
  // The last two parts are the name and the ID.
  const names = executionArn.split(':').slice(-2);
  return executionArn === text || names.some((name) => name.startsWith(text));
}

/** Runs for an object with this key; if there are none, for those whose keys contain the text in any case. */
export function withKey<R extends Pick<Run, 'history'>>(runs: readonly R[], text: string): R[] {
  const exact = runs.filter(({ history }) => keyIn(history) === text);
  if (exact.length > 0) return exact;
  const part = text.toLowerCase();
  return runs.filter(({ history }) => keyIn(history)?.toLowerCase().includes(part));
}
