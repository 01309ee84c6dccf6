/**
 * Reads the history of an execution from a file, in any of the forms in which AWS gives one to a person:
 *
 * - the log of an Express state machine, one event in each line, as this console and the engine write it too, also with a time
 *   before each event, as an export to S3 has it (docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html);
 * - the answer of `aws logs filter-log-events` or `get-log-events`, or several of them in a list;
 * - the answer of `aws stepfunctions get-execution-history`.
 */
import { createHash } from 'node:crypto';
import type { HistoryEvent } from '../../local-aws/history';
import { historyEvent, isTime } from '../executions/vended';
import { Refused } from './refused';

/** The most events of one file. An execution of the workflow has fewer than a hundred. */
const MOST_EVENTS = 50_000;

export interface ImportedHistory {
  arn: string;
  history: HistoryEvent[];
}

type Json = Record<string, unknown>;

const EXPECTED =
  'Expected the history of a run: the log of an Express state machine with one event in each line, the answer of ' +
  '`aws logs filter-log-events` or of `aws stepfunctions get-execution-history`';

/** @throws Refused 400 that says what was expected and found */
export function historiesIn(text: string): ImportedHistory[] {
  const events = eventsIn(text);
  if (events.length > MOST_EVENTS) {
    throw new Refused(
      400,
      `The file has ${events.length.toLocaleString('en-US')} events; the console takes at most ${MOST_EVENTS.toLocaleString('en-US')}. Import fewer runs at once.`,
    );
  }
  const byArn = new Map<string, Map<string, HistoryEvent>>();
  for (const event of events) {
    const history = byArn.get(event.execution_arn) ?? new Map<string, HistoryEvent>();
    byArn.set(event.execution_arn, history.set(event.id, event));
  }
  const whole = [...byArn].map(([arn, history]) => ({
    arn,
    history: [...history.values()].sort((one, other) => Number(one.id) - Number(other.id)),
  }));
  const found = whole.filter(({ history }) => history[0]?.type === 'ExecutionStarted');
  if (found.length > 0) return found;
  throw new Refused(
    400,
    whole.length > 0
      ? 'The file has events, but not the first one of any run (ExecutionStarted). Export from an earlier time on.'
      : `${EXPECTED}, but found ${described(text)}.`,
  );
}

function eventsIn(text: string): HistoryEvent[] {
  const whole = parsed(text);
  if (whole === undefined)
    return text.split('\n').flatMap((line) => eventsOf(parsed(line.slice(line.indexOf('{')))));
  return (Array.isArray(whole) ? whole : [whole]).flatMap(eventsOf);
}

/** The events in one value: an answer, or an event. */
function eventsOf(value: unknown): HistoryEvent[] {
  if (typeof value !== 'object' || value === null) return [];
  const { events } = value as Json;
  if (Array.isArray(events)) {
    // Its events don't say which execution they are of.
    const arn = `imported:${createHash('sha256').update(JSON.stringify(events)).digest('hex').slice(0, 32)}`;
    return events.flatMap((event) => ofApi(event, arn) ?? loggedIn(event));
  }
  return loggedIn(value);
}

/** The event in one value of a log. Answers aren't in answers: a file could nest them thousands deep. */
function loggedIn(value: unknown): HistoryEvent[] {
  const { message } = (value ?? {}) as Json;
  const event = historyEvent(typeof message === 'string' ? message : JSON.stringify(value));
  return event ? [event] : [];
}

/** An event of GetExecutionHistory, which has its details in a field that is named after its type. */
function ofApi(value: unknown, arn: string): HistoryEvent[] | undefined {
  const { id, type, previousEventId, timestamp, ...rest } = (value ?? {}) as Json;
  // The CLI writes times as text, the API as seconds.
  const time = typeof timestamp === 'number' ? timestamp * 1_000 : Date.parse(String(timestamp));
  if (typeof id !== 'number' || typeof type !== 'string' || !isTime(time)) return undefined;
  const details = Object.entries(rest).find(([key]) => key.endsWith('EventDetails'))?.[1];
  return [
    {
      id: String(id),
      type,
      details: typeof details === 'object' && details !== null ? (details as Json) : {},
      previous_event_id: String(previousEventId ?? 0),
      event_timestamp: String(Math.round(time)),
      execution_arn: arn,
      redrive_count: '0',
    },
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function described(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line === '' ? 'an empty file' : `a file that begins with ${JSON.stringify(line.slice(0, 60))}`;
}
