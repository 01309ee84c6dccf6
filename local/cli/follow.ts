import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import type { Session } from './session';

/** How often executions are looked for, in milliseconds. */
const INTERVAL = 100;

/** An execution that has ended, with the version of the object it was for. */
export interface Ended extends DescribeExecutionCommandOutput {
  versionId: string;
}

/** Follows the executions of a session's state machine, and hands each to whoever waits for its upload. */
export class Follower {
  private readonly waiting = new Map<string, (execution: Ended) => void>();
  /** Ended before anyone asked. */
  private readonly early = new Map<string, Ended>();
  private readonly seen = new Set<string>();
  private readonly since = new Date();
  private stopped = false;
  private readonly ended: Promise<void>;

  constructor(private readonly session: Session) {
    this.ended = this.follow();
  }

  /** Resolves when the execution for this version of an object has ended. */
  async execution(versionId: string): Promise<Ended> {
    const early = this.early.get(versionId);
    if (early) return early;
    const execution = new Promise<Ended>((resolve) => this.waiting.set(versionId, resolve));
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
        const execution = await this.session.states.send(new DescribeExecutionCommand({ executionArn: arn }));
        const versionId = JSON.parse(execution.input ?? '{}')?.detail?.object?.['version-id'];
        const ended = { ...execution, versionId };
        const resolve = this.waiting.get(versionId);
        if (resolve) resolve(ended);
        else this.early.set(versionId, ended);
        this.waiting.delete(versionId);
      }
      await sleep(INTERVAL);
    }
  }

  /** ARNs of executions of this session that have ended since the last look. */
  private async newlyEnded(): Promise<string[]> {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.session.states.send(
        new ListExecutionsCommand({
          stateMachineArn: this.session.stack.stateMachines[0]?.arn,
          maxResults: 1_000,
          nextToken,
        }),
      );
      for (const { executionArn, status, startDate } of page.executions ?? []) {
        if ((startDate as Date) < this.since) return found;
        if (status === 'RUNNING' || this.seen.has(executionArn as string)) continue;
        this.seen.add(executionArn as string);
        found.push(executionArn as string);
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  }
}
