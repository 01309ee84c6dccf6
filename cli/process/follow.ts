import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type ExecutionListItem,
  type ExecutionStatus,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import { summarize } from '../../local-aws/graph';
import { readHistory } from '../../local-aws/history';
import type { Session } from '../lib/session';

/** How often executions are listed, in milliseconds. */
const INTERVAL = 100;

/** The last execution for an upload. */
export interface Ended extends DescribeExecutionCommandOutput {
  /** When the first execution for it began: there are more than one if no capacity was free. */
  since: Date;
}

/**
 * What distinguishes one upload from another: its version or, in a bucket without versions, its key and content.
 *
 * @param etag with or without quotes
 */
export function identityOf(key: string, versionId: string | undefined, etag: string | undefined): string {
  return versionId ?? `${key}\0${etag?.replaceAll('"', '')}`;
}

/** Follows the executions of a session's state machine and resolves the promise of each upload when its execution ends. */
export class Follower {
  private readonly waiting = new Map<string, (execution: Ended) => void>();
  /** Executions that ended before anyone asked for them. */
  private readonly early = new Map<string, Ended>();
  /** When the first execution began, for each upload that waits in the backlog. */
  private readonly since = new Map<string, Date>();
  private readonly seen = new Set<string>();
  private readonly running = new Set<string>();
  private readonly start = new Date();
  private stopped = false;
  private readonly ended: Promise<void>;

  /** @param onWait called with the key of an upload the first time that no capacity is free for it */
  constructor(
    private readonly session: Session,
    private readonly onWait: (key: string) => void = () => {},
  ) {
    this.ended = this.follow();
  }

  /** Resolves when the last execution for an upload has ended. @param upload its {@link identityOf} */
  async execution(upload: string): Promise<Ended> {
    const early = this.early.get(upload);
    this.early.delete(upload);
    if (early) return early;
    const execution = new Promise<Ended>((resolve) => this.waiting.set(upload, resolve));
    return Promise.race([
      execution,
      this.ended.then(() => Promise.reject(new Error('Following was stopped'))),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      for (const arn of await this.newlyEnded()) {
        this.take(await this.session.states.send(new DescribeExecutionCommand({ executionArn: arn })));
      }
      await sleep(INTERVAL);
    }
  }

  private take(execution: DescribeExecutionCommandOutput): void {
    const { key, etag, ...object } = JSON.parse(execution.input ?? '{}')?.detail?.object ?? {};
    const upload = identityOf(key, object['version-id'], etag);
    const since = this.since.get(upload);
    if (waits(this.session.dataDir, execution)) {
      if (!since) this.onWait(key);
      this.since.set(upload, since ?? (execution.startDate as Date));
      return;
    }
    this.since.delete(upload);
    const resolve = this.waiting.get(upload) ?? ((ended: Ended) => this.early.set(upload, ended));
    this.waiting.delete(upload);
    resolve({ ...execution, since: since ?? (execution.startDate as Date) });
  }

  /** ARNs of executions of this session that have ended since the last look, in the order they began. */
  private async newlyEnded(): Promise<string[]> {
    const begun: string[] = [];
    for await (const { executionArn, startDate } of this.list()) {
      if ((startDate as Date) < this.start || this.seen.has(executionArn as string)) break;
      begun.unshift(executionArn as string);
    }
    for (const arn of begun) {
      this.seen.add(arn);
      this.running.add(arn);
    }
    const still = new Set<string>();
    if (this.running.size > 0) {
      for await (const { executionArn } of this.list('RUNNING')) still.add(executionArn as string);
    }
    const ended = [...this.running].filter((arn) => !still.has(arn));
    for (const arn of ended) this.running.delete(arn);
    return ended;
  }

  /** Newest first. Pages are read as they are needed: the first one usually holds everything that is new or running. */
  private async *list(statusFilter?: ExecutionStatus): AsyncGenerator<ExecutionListItem> {
    const stateMachineArn = this.session.stack.stateMachines[0]?.arn;
    let nextToken: string | undefined;
    do {
      const page = await this.session.states.send(
        new ListExecutionsCommand({
          stateMachineArn,
          statusFilter,
          nextToken,
          maxResults: statusFilter && 1_000,
        }),
      );
      yield* page.executions ?? [];
      nextToken = page.nextToken;
    } while (nextToken);
  }
}

/** Whether an execution found no capacity: then its event is in the backlog and gets another execution. */
function waits(dataDir: string, { executionArn, status, error }: DescribeExecutionCommandOutput): boolean {
  if (status === 'FAILED') return error === 'StillWaiting';
  const { states } = summarize(readHistory(dataDir, executionArn as string));
  return status === 'SUCCEEDED' && states.at(-1)?.name === 'SendToBacklog';
}
