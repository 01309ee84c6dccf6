/** What can go wrong with a file besides the workflow, which has names of its own. */
export type ProblemName =
  /** The file can't be read. */
  | 'NotRead'
  /** S3 refuses it. */
  | 'NotUploaded'
  /** No rule matches its name, so nothing happens to it. */
  | 'NotStarted'
  /** EventBridge could not start an execution: its event is in the dead-letter queue. */
  | 'NotDelivered'
  /** Its thumbnails can't be written. */
  | 'NotSaved';

/** One file failed, which is no reason to stop with the others. */
export class Problem extends Error {
  constructor(
    override readonly name: ProblemName,
    message: string,
    /** ARN, if there was one. */
    readonly execution: string | null = null,
  ) {
    super(message);
  }
}
