import type { StateKey } from '../catalogue';

/** What the definition refers to. Functions are named by version, so that a deploy never mixes code in one execution. */
export interface Arns extends Record<StateKey, string> {
  errorTopic: string;
  /** URLs, as SQS takes them. */
  backlogQueue: string;
  failureQueue: string;
}

/** Timeout of each state's function in seconds. */
export type FunctionTimeouts = Record<StateKey, number>;
