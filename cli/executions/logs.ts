import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { HistoryEvent } from '../../local-aws/history';
import { sayIfSlow } from '../lib/slow';
import { executionsIn, historyEvent, type Logged } from './vended';

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
   * An execution with its whole history.
   *
   * @param id its ARN, or the beginning of its ID or its name
   * @throws Error when no execution or more than one is meant
   */
  async find(id: string, since: string): Promise<Logged> {
    const pattern = id.startsWith('arn:') ? id : `*:${id}*`;
    const found = await this.filter(`{ $.execution_arn = "${pattern}" }`, since);
    const [only, ...more] = found.filter(({ execution: { executionArn } }) => {
      // The last two parts are the name and the ID.
      const names = executionArn.split(':').slice(-2);
      return executionArn === id || names.some((name) => name.startsWith(id));
    });
    if (only && more.length === 0) return only;
    const ids = [only, ...more].map((logged) => logged?.execution.id).join(', ');
    throw new Error(
      only
        ? `Expected one execution for ${id} but received ${more.length + 1}: ${ids}`
        : `Expected an execution for ${id} but received none in ${this.logGroup} since ${since}. ` +
            'An execution is logged a few seconds later; --since looks further back',
    );
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
