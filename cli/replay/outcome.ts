/** What became of one image. */
export type Outcome =
  /** Thumbnails, record and message are there. */
  | { kind: 'done' }
  /** The object was deleted, and its thumbnails are gone. */
  | { kind: 'removed' }
  /** Another version, or a deletion, has overtaken this one. */
  | { kind: 'superseded'; reason?: string }
  /** No capacity was free: its event is in the backlog and will run by itself. */
  | { kind: 'waiting' }
  | { kind: 'failed'; reason: string }
  /** The object is no longer in the bucket. */
  | { kind: 'gone'; reason: string }
  /** There is nothing to replay. */
  | { kind: 'skipped'; reason: string };

/** How an execution ended, according to StartSyncExecution. */
export interface Ended {
  status?: string;
  output?: string;
  error?: string;
  cause?: string;
}

/** The keys that the branches of the workflow add, by which they can be distinguished. */
interface Output {
  notification?: object;
  removal?: { outcome: 'REMOVED' | 'KEPT' | 'RESTORED' };
  error?: { Error?: string };
}

/** The name of the error that made the workflow fail, from the text of the mail about it. */
export const reasonIn = (cause: string): string | undefined =>
  /^Reason: +(\S+)$/m.exec(cause)?.[1] ?? / failed: (\S+)\. Handling that failed too: /.exec(cause)?.[1];

export function outcomeOf({ status, output = '{}', error, cause = '' }: Ended): Outcome {
  if (status !== 'SUCCEEDED') {
    const [first] = cause.split('\n');
    return { kind: 'failed', reason: [reasonIn(cause) ?? error ?? status, first].filter(Boolean).join(': ') };
  }
  const state = JSON.parse(output) as Output;
  if (state.notification) return { kind: 'done' };
  if (state.removal) return { kind: state.removal.outcome === 'REMOVED' ? 'removed' : 'superseded' };
  return { kind: state.error?.Error === 'Superseded' ? 'superseded' : 'waiting' };
}
