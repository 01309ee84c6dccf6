import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { HistoryEvent } from '../../local-aws/history';
import { sayIfSlow } from '../lib/slow';
import { isNamed } from './select';
import { executionsIn, historyEvent, type Logged } from './vended';

/** docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: what a name may not contain. */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]+$/u;

/** The log group of an Express state machine. */
export class ExecutionLogs {
  /** @param machine name of the state machine, which names its log group */
  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly machine: string,
  ) {}

  get logGroup(): string {
    return `/aws/vendedlogs/states/${this.machine}`;
  }

  /** Executions since a moment, newest first, each with its first and its last event. @param since ISO 8601 */
  async list(since: string): Promise<Logged[]> {
    const found = await this.filter('{ $.type = "Execution*" }', since);
    // If an execution began earlier, only its end is in the logs.
    return found.filter(({ history }) => history[0]?.type === 'ExecutionStarted');
  }

  /**
   * Executions by name, each with its whole history.
   *
   * @param text an ARN, or the beginning of an ID or a name; for anything else there is none
   */
  async find(text: string, since: string): Promise<Logged[]> {
    const isArn = text.startsWith('arn:');
    if (!isArn && !NAME.test(text)) return [];
    const found = await this.filter(`{ $.execution_arn = "${isArn ? text : `*:${text}*`}" }`, since);
    return found.filter(({ execution }) => isNamed(execution, text));
  }

  private async filter(filterPattern: string, since: string): Promise<Logged[]> {
    const events: HistoryEvent[] = [];
    const query = { logGroupName: this.logGroup, filterPattern, startTime: Date.parse(since) };
    const read = async () => {
      for await (const page of paginateFilterLogEvents({ client: this.client }, query)) {
        for (const { message = '' } of page.events ?? []) {
          const event = historyEvent(message);
          if (event) events.push(event);
        }
      }
    };
    await sayIfSlow(`all pages of ${this.logGroup} since ${since}`, read());
    return executionsIn(events);
  }
}
