/** What the definition refers to. Functions are named by version, so that a deploy never mixes code in one run. */
export interface Arns {
  validate: string;
  thumbnail: string;
  storeMetadata: string;
  notify: string;
  quarantine: string;
  remove: string;
  errorTopic: string;
  /** URLs, as SQS takes them. */
  backlogQueue: string;
  failureQueue: string;
}

/** Timeout of each function in seconds. */
export type FunctionTimeouts = Record<
  Exclude<keyof Arns, 'errorTopic' | 'backlogQueue' | 'failureQueue'>,
  number
>;
