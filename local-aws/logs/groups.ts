/** What is in the log groups of a stack: the lines of its functions, and the histories of its state machines. */

import { createHash } from 'node:crypto';
import { readLog } from '../lambda/log-file';
import type { LambdaFunction, StateMachine } from '../stack/model';
import { type HistoryEvent, readExecutions } from '../states';
import { readEvents } from '../states/tail';

export interface LogEvent {
  logStreamName: string;
  /** Unix milliseconds. */
  timestamp: number;
  message: string;
  ingestionTime: number;
  eventId: string;
}

/** Unix milliseconds, both included. */
export interface Range {
  from: number;
  to: number;
}

/** The events of a group in a time, oldest first. */
export type Group = (range: Range) => Promise<LogEvent[]>;

/** A function writes into its group whatever it prints. */
export function functionGroup(dataDir: string, { name, version }: LambdaFunction): Group {
  return async (range) => {
    const lines = await readLog(dataDir, name, range);
    return events(
      lines.map(({ time, text }) => ({
        timestamp: time,
        message: text,
        logStreamName: `${dayOf(time).replaceAll('-', '/')}/[${version}]local`,
      })),
    );
  };
}

/** A state machine writes the events of its executions, as far as its logging says so. */
export function machineGroup(dataDir: string, { arn, name, logging }: StateMachine): Group {
  const isLogged = LEVELS[logging.level];
  return async (range) => {
    const executions = readExecutions(dataDir).filter(
      ({ stateMachineArn, startDate, stopDate = Number.POSITIVE_INFINITY }) =>
        stateMachineArn === arn && startDate <= range.to && stopDate + MARGIN >= range.from,
    );
    const found = [];
    for (const { id } of executions.reverse()) {
      for (const event of await readEvents(dataDir, id, isLogged)) {
        const timestamp = Number(event.event_timestamp);
        if (timestamp < range.from || timestamp > range.to) continue;
        const message = JSON.stringify(logging.includeExecutionData ? event : withoutData(event));
        found.push({ timestamp, message, logStreamName: `states/${name}/${dayOf(timestamp)}/local` });
      }
    }
    return events(found);
  };
}

/** Milliseconds by which the index and the history may differ about the end of an execution. */
const MARGIN = 1_000;

/** docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html */
const FATAL = /^Execution(Aborted|Failed|TimedOut)$/;
const ERROR = /^(FailStateEntered|(LambdaFunction|Task)(\w*Failed|TimedOut))$/;

const LEVELS: Record<StateMachine['logging']['level'], (type: string) => boolean> = {
  ALL: () => true,
  ERROR: (type) => FATAL.test(type) || ERROR.test(type),
  FATAL: (type) => FATAL.test(type),
  OFF: () => false,
};

const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails', 'parameters']);

function withoutData({ details, ...event }: HistoryEvent): HistoryEvent {
  const kept = Object.entries(details).filter(([name]) => !DATA.has(name));
  return { ...event, details: Object.fromEntries(kept) };
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

function events(found: Pick<LogEvent, 'timestamp' | 'message' | 'logStreamName'>[]): LogEvent[] {
  return found
    .sort((one, other) => one.timestamp - other.timestamp)
    .map((event, n) => ({
      ...event,
      ingestionTime: event.timestamp,
      eventId: createHash('sha1').update(`${event.timestamp}\0${n}\0${event.message}`).digest('hex'),
    }));
}
