/** CloudWatch on this machine: metrics from logs and from the engine itself, and the alarms of the stack. */

import type { PublishInput } from '../sns';
import type { Alarm, AlarmState } from '../stack/model';
import type { WatchedAlarm } from './api';
import { readEmbedded } from './embedded';
import { compile, type Formula } from './expression';
import { type Metric, Metrics, type MetricTotal, MINUTE } from './metrics';
import { notification, type StateChange } from './notification';
import { type DataPoint, judge, rangeOf } from './state';

export type { Metric, MetricTotal } from './metrics';
export type { StateChange } from './notification';

export interface CloudWatchOptions {
  alarms: Alarm[];
  /** Publishes to a topic for an alarm. */
  publish: (input: PublishInput, alarmArn: string) => Promise<unknown>;
  /** Called before alarms are evaluated, for metrics that are sampled rather than counted. */
  sample?: (now: number) => { metric: Metric; value: number }[];
  /** Receives each alarm that changes its state. */
  onAlarm?: (change: StateChange) => void;
  /** Receives a line for each malformed metric in a log, and for each topic that refuses an alarm. @default console.warn */
  log?: (line: string) => void;
}

export interface AlarmStatus {
  name: string;
  state: AlarmState;
  reason: string;
}

/** Times are Unix milliseconds. */
export interface CloudWatch {
  /** @param time @default now */
  put(metric: Metric, value: number, time?: number): void;
  /** Adds the metrics of a line of a log, if it has any. @param source named in the message if the line is wrong */
  ingest(line: string, source: string): void;
  /** Totals since the engine started. */
  metrics(): MetricTotal[];
  alarms(): AlarmStatus[];
  /** The same with everything about each alarm. */
  watched(): WatchedAlarm[];
  /**
   * Evaluates every alarm as CloudWatch does each minute, and publishes to the topics of those that change. Data points end
   * with the last full minute before the time, so what has just happened shows one minute from now.
   *
   * @param now Unix milliseconds @default now
   * @returns the alarms that changed their state
   */
  evaluate(now?: number): Promise<StateChange[]>;
  /** Evaluates each minute from now on. */
  start(): void;
  close(): void;
}

interface Watch extends WatchedAlarm {
  /** Whether it has ever left its first state. */
  begun: boolean;
  /** The value of a period. */
  value: (from: number, to: number) => number | undefined;
}

export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { publish, sample = () => [], onAlarm = () => {}, log = console.warn } = options;
  const metrics = new Metrics();
  const since = Date.now();
  const watches = options.alarms.map(
    (alarm): Watch => ({
      alarm,
      // The first state of every alarm in CloudWatch.
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      since,
      begun: false,
      value: readings(alarm, metrics),
    }),
  );
  const longest = Math.max(0, ...options.alarms.map((alarm) => rangeOf(alarm) * alarm.period * 1_000));
  let timer: NodeJS.Timeout | undefined;
  let last = 0;
  let evaluating: Promise<StateChange[]> = Promise.resolve([]);

  async function look(now: number): Promise<StateChange[]> {
    const end = Math.floor(now / MINUTE) * MINUTE;
    if (now < last) metrics.forgetAfter(now);
    last = now;
    for (const { metric, value } of sample(now)) metrics.put(metric, [value], end - MINUTE);
    const changes: StateChange[] = [];
    for (const watch of watches) {
      const { alarm, state: from, begun } = watch;
      const verdict = judge(alarm, dataPoints(watch, end));
      if (!verdict) continue;
      watch.reason = verdict.reason;
      if (verdict.state === from) continue;
      watch.state = verdict.state;
      watch.since = now;
      watch.begun = true;
      const change = { alarm, from, to: verdict.state, reason: verdict.reason, time: now };
      changes.push(change);
      onAlarm(change);
      // CloudWatch notifies when a new alarm goes to OK. Here every start would send those mails.
      if (begun || verdict.state !== 'OK') await tell(change);
    }
    metrics.forget(end - longest);
    return changes;
  }

  /** CloudWatch reports a topic that refuses an alarm only in the alarm's history. */
  async function tell(change: StateChange): Promise<void> {
    const { name, arn, actions } = change.alarm;
    for (const TopicArn of actions[change.to]) {
      await publish({ TopicArn, ...notification(change, since) }, arn).catch((error: Error) =>
        log(`The alarm ${name} could not notify ${TopicArn}: ${error.message}`),
      );
    }
  }

  /** One evaluation at a time, so that no change is published twice. */
  function evaluate(now = Date.now()): Promise<StateChange[]> {
    evaluating = evaluating.then(() => look(now));
    return evaluating;
  }

  function next(): void {
    timer = setTimeout(
      () => void evaluate().then(() => timer && next()),
      MINUTE - (Date.now() % MINUTE),
    ).unref();
  }

  return {
    put: (metric, value, time = Date.now()) => metrics.put(metric, [value], time),
    ingest(line, source) {
      try {
        for (const { metric, values, time } of readEmbedded(line)) metrics.put(metric, values, time);
      } catch (error) {
        log(`${source} logged metrics that CloudWatch would ignore: ${(error as Error).message}`);
      }
    },
    metrics: () => metrics.totals(),
    alarms: () => watches.map(({ alarm: { name }, state, reason }) => ({ name, state, reason })),
    watched: () => watches.map(({ alarm, state, reason, since }) => ({ alarm, state, reason, since })),
    evaluate,
    start: next,
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function dataPoints({ alarm, value }: Watch, end: number): DataPoint[] {
  const period = alarm.period * 1_000;
  return Array.from({ length: rangeOf(alarm) }, (_, n) => {
    const start = end - (n + 1) * period;
    return { start, value: value(start, start + period) };
  });
}

function readings({ measures }: Alarm, metrics: Metrics): Watch['value'] {
  if (!Array.isArray(measures)) return (from, to) => metrics.statistic(measures, from, to);
  const inputs = measures.flatMap((query) => ('metric' in query ? [query] : []));
  const answer = measures.find(({ returnData }) => returnData)!;
  const formula: Formula = compile(
    'expression' in answer ? answer.expression : answer.id,
    inputs.map(({ id }) => id),
  );
  return (from, to) =>
    formula(Object.fromEntries(inputs.map(({ id, metric }) => [id, metrics.statistic(metric, from, to)])));
}
