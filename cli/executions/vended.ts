/**
 * What Step Functions writes of Express executions to CloudWatch Logs: one event of the history in each log event, as
 * JSON. The local engine keeps its histories in the same shape.
 */
import { summarize } from '../../local-aws/graph';
import type { Execution, HistoryEvent } from '../../local-aws/history';

/** An execution, with as much of its history as was asked for, in order. */
export interface Logged {
  execution: Pick<Execution, 'id' | 'executionArn' | 'status' | 'startDate' | 'stopDate'>;
  history: HistoryEvent[];
}

/** Whether it is a time that can be shown: milliseconds since 1970, of which JavaScript's dates have so many. */
export const isTime = (time: number): boolean => time >= 0 && time <= 8.64e15;

/** @returns null for a message that is not an event of a history, or lacks what every event has */
export function historyEvent(message: string): HistoryEvent | null {
  let event: Partial<HistoryEvent>;
  try {
    event = JSON.parse(message);
  } catch {
    return null;
  }
  const { details, ...rest } = event ?? {};
  const whole = { ...(rest as HistoryEvent), details: details ?? {} };
  if (!isComplete(whole)) return null;
  return { ...whole, id: String(whole.id), event_timestamp: String(whole.event_timestamp) };
}

/** Whether all fields have the types that everything else relies on: one odd line would otherwise hide every run. */
function isComplete({ id, type, details, event_timestamp, execution_arn }: HistoryEvent): boolean {
  return (
    /^\d+$/.test(String(id)) &&
    /^\d+$/.test(String(event_timestamp)) &&
    isTime(Number(event_timestamp)) &&
    typeof type === 'string' &&
    typeof execution_arn === 'string' &&
    typeof details === 'object'
  );
}

/** The executions that some events belong to, newest first. CloudWatch returns events in no order, and some of them twice. */
export function executionsIn(events: readonly HistoryEvent[]): Logged[] {
  const byArn = new Map<string, Map<string, HistoryEvent>>();
  for (const event of events) {
    const history = byArn.get(event.execution_arn) ?? new Map<string, HistoryEvent>();
    byArn.set(event.execution_arn, history.set(event.id, event));
  }
  return [...byArn]
    .map(([executionArn, history]) => logged(executionArn, [...history.values()]))
    .sort((one, other) => other.execution.startDate - one.execution.startDate);
}

function logged(executionArn: string, unordered: HistoryEvent[]): Logged {
  const history = unordered.sort((one, other) => Number(one.id) - Number(other.id));
  const { status } = summarize(history);
  const stopDate = status === 'RUNNING' ? undefined : Number(history.at(-1)?.event_timestamp);
  return {
    execution: {
      id: executionArn.split(':').at(-1) as string,
      executionArn,
      status,
      startDate: Number(history[0]?.event_timestamp),
      stopDate,
    },
    history,
  };
}
