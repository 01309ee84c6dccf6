import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type ExecutionListItem,
  type ExecutionStatus,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { summarize } from '../../local-aws/graph';
import { type HistoryEvent, readHistory } from '../../local-aws/history';
import { engineHint } from '../lib/hint';
import type { Session } from '../lib/session';
import { Queue } from '../redrive/queue';
import { DeadLetters } from './dead-letters';
import { Problem } from './problem';

/** How often executions are listed, in milliseconds. */
const INTERVAL = 100;

/** The dead-letter queue is looked at each time that executions have been listed this often. */
const LISTS_PER_LOOK = 5;

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

/** An upload's execution has ended, or there will be none. */
type End = Ended | Problem;

/**
 * Follows the executions of a session's state machine, and its dead-letter queue, and resolves the promise of each upload when its
 * execution ends.
 */
export class Follower {
  private readonly waiting = new Map<string, (end: End) => void>();
  /** What ended before anyone asked for it. */
  private readonly early = new Map<string, End>();
  /** When the first execution began, for each upload that waits in the backlog. */
  private readonly since = new Map<string, Date>();
  private readonly seen = new Set<string>();
  private readonly running = new Set<string>();
  private readonly start = new Date();
  private stopped = false;
  private readonly ended: Promise<void>;
  private readonly deadLetters: DeadLetters;

  /** @param onWait called with the key of an upload the first time that no capacity is free for it */
  constructor(
    private readonly session: Session,
    private readonly onWait: (key: string) => void = () => {},
  ) {
    const url = session.stack.outputs['dead_letter_queue_url'] as string;
    this.deadLetters = new DeadLetters(new Queue(session.connect(SQSClient), url, 0));
    this.ended = this.follow();
    // Whoever waits for an execution then gets the error, and so does `stop`.
    this.ended.catch(() => {});
  }

  /**
   * Resolves when the last execution for an upload has ended.
   *
   * @param upload its {@link identityOf}
   * @throws Problem if no execution could be started for it
   * @throws Error if executions can't be followed any more
   */
  async execution(upload: string): Promise<Ended> {
    const early = this.early.get(upload);
    this.early.delete(upload);
    const end =
      early ??
      (await Promise.race([
        new Promise<End>((resolve) => this.waiting.set(upload, resolve)),
        this.ended.then(() => Promise.reject(new Error('Following was stopped'))),
      ]));
    if (end instanceof Problem) throw end;
    return end;
  }

  /** Where an upload that is waited for is now, in a few words. */
  whereabouts(upload: string): string {
    if (this.since.has(upload)) return 'its event waits in the backlog';
    for (const arn of this.running) {
      const history = readHistory(this.session.dataDir, arn);
      if (uploadIn(history) === upload)
        return `in ${summarize(history).states.at(-1)?.name ?? 'its first state'}`;
    }
    return 'no run of the workflow has started for it yet';
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async follow(): Promise<void> {
    for (let lists = 1; !this.stopped; lists++) {
      for (const arn of await this.newlyEnded()) {
        this.take(await this.session.states.send(new DescribeExecutionCommand({ executionArn: arn })));
      }
      if (lists % LISTS_PER_LOOK === 0 && this.waiting.size > 0) await this.lookForDeadLetters();
      await sleep(INTERVAL);
    }
  }

  private async lookForDeadLetters(): Promise<void> {
    for (const { key, versionId, etag, reason } of await this.deadLetters.arrived()) {
      const message = `No run of the workflow could be started for it, so its event is in the dead-letter queue (${reason}). To start it: ${engineHint(this.session.dataDir, 'redrive')}`;
      this.end(identityOf(key, versionId, etag), new Problem('NotDelivered', message));
    }
  }

  private end(upload: string, end: End): void {
    const resolve = this.waiting.get(upload) ?? ((early: End) => this.early.set(upload, early));
    this.waiting.delete(upload);
    resolve(end);
  }

  private take(execution: DescribeExecutionCommandOutput): void {
    const { key, ...object } = objectIn(execution.input);
    const upload = identityOf(key, object['version-id'], object.etag);
    const since = this.since.get(upload);
    if (waits(this.session.dataDir, execution)) {
      if (!since) this.onWait(key);
      this.since.set(upload, since ?? (execution.startDate as Date));
      return;
    }
    this.since.delete(upload);
    this.end(upload, { ...execution, since: since ?? (execution.startDate as Date) });
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
    const stateMachineArn = String(this.session.stack.outputs['state_machine_arn']);
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

/** The object of the event that an execution got. */
const objectIn = (input: unknown): { key: string; etag?: string; 'version-id'?: string } =>
  JSON.parse(String(input ?? '{}'))?.detail?.object ?? {};

function uploadIn([started]: HistoryEvent[]): string {
  const { key, etag, ...object } = objectIn(started?.details['input']);
  return identityOf(key, object['version-id'], etag);
}

/** Whether an execution found no capacity: then its event is in the backlog and gets another execution. */
function waits(dataDir: string, { executionArn, status, error }: DescribeExecutionCommandOutput): boolean {
  if (status === 'FAILED') return error === 'StillWaiting';
  const { states } = summarize(readHistory(dataDir, executionArn as string));
  return status === 'SUCCEEDED' && states.at(-1)?.name === 'SendToBacklog';
}
