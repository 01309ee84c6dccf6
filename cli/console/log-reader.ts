/**
 * Reads log groups of CloudWatch within a limit. FilterLogEvents has a quota of 5 calls a second for the whole account, which can't
 * be raised (repost.aws/knowledge-center/cloudwatch-logs-throttling), so calls are made one after the other and leave room for others.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../../local-aws/history';
import type { Scan } from './api';
import { Refused } from './refused';

export interface LogReaderOptions {
  /** ISO 8601: how far back the console looks. */
  since: string;
  /** Bytes. */
  limit: number;
  /** Milliseconds between the beginnings of two calls. @default 400, half of the quota */
  spacing?: number;
}

export interface LogQuery {
  group: string;
  pattern?: string;
  /** Unix milliseconds, both included. @default until now */
  from: number;
  to?: number;
}

/**
 * For data that leaves AWS, beyond the 100 GB a month that are free: a bill quoted in repost.aws/questions/QUAT1NfOeZSAK5z8KXXO9jgA.
 * Other regions cost more, for example Sydney $0.114. FilterLogEvents has no price of its own in AWS's lists, which name writing,
 * storing, Logs Insights and Live Tail.
 */
const DOLLARS_PER_GB = 0.09;

const PRICE =
  'AWS has no price for searching logs, but for data that leaves it: $0.09 for a GB in many regions, more in others, after 100 GB a month that are free. The price list of your region decides.';

export class LogReader {
  private bytes = 0;

  private next = 0;

  /** The calls that are made one after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly options: LogReaderOptions,
  ) {}

  get scan(): Scan {
    const { since, limit } = this.options;
    const dollars = (this.bytes / 1e9) * DOLLARS_PER_GB;
    return { since, bytes: this.bytes, limit, dollars, price: PRICE, reached: this.isReached };
  }

  /**
   * Every event that matches, a page at a time.
   *
   * @throws Refused once the limit is reached, and the error of the call
   */
  read(query: LogQuery, onPage: (lines: LogLine[]) => void): Promise<void> {
    const reading = this.turn.then(() => this.pages(query, onPage));
    this.turn = reading.catch(() => {});
    return reading;
  }

  private async pages({ group, pattern, from, to }: LogQuery, onPage: (lines: LogLine[]) => void) {
    const { client } = this;
    const input = {
      logGroupName: group,
      startTime: from,
      ...(to !== undefined && { endTime: to }),
      ...(pattern && { filterPattern: pattern }),
    };
    const pages = paginateFilterLogEvents({ client }, input)[Symbol.asyncIterator]();
    for (;;) {
      this.assertAllowed();
      await this.wait();
      const { value, done } = await pages.next();
      if (done || !value) return;
      const lines = (value.events ?? []).map(({ timestamp = 0, message = '' }) => ({
        time: timestamp,
        text: message,
      }));
      for (const { text } of lines) this.bytes += Buffer.byteLength(text);
      onPage(lines);
    }
  }

  private get isReached(): boolean {
    return this.bytes >= this.options.limit;
  }

  private assertAllowed(): void {
    if (!this.isReached) return;
    const { limit } = this.options;
    throw new Refused(
      403,
      `The console has read ${megabytes(this.bytes)} MB of logs; its limit is ${megabytes(limit)} MB. To read more, start it with a higher --scan-limit, or look less far back with --since.`,
    );
  }

  private async wait(): Promise<void> {
    const { spacing = 400 } = this.options;
    const now = Date.now();
    const at = Math.max(now, this.next);
    this.next = at + spacing;
    if (at > now) await sleep(at - now);
  }
}

const megabytes = (bytes: number) => (bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 0 });
