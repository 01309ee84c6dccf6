/** The API of CloudWatch, as far as a program needs it to look at alarms. */

import { jsonService } from '../json-service';
import { AwsError, type DocumentService, type Gate } from '../service';
import type { Alarm, AlarmState, MetricQuery, MetricStat } from '../stack/model';

/** An alarm and the state it is in. */
export interface WatchedAlarm {
  alarm: Alarm;
  state: AlarmState;
  reason: string;
  /** When it entered its state, in Unix milliseconds. */
  since: number;
}

export interface CloudWatchApiOptions {
  account: string;
  region: string;
  gate: Gate;
  alarms: () => WatchedAlarm[];
}

interface Input {
  AlarmNames?: string[];
  AlarmNamePrefix?: string;
  AlarmTypes?: string[];
  StateValue?: AlarmState;
  ActionPrefix?: string;
  MaxRecords?: number;
  NextToken?: string;
}

const KNOWN = [
  'AlarmNames',
  'AlarmNamePrefix',
  'AlarmTypes',
  'StateValue',
  'ActionPrefix',
  'MaxRecords',
  'NextToken',
];

const TARGET = 'GraniteServiceVersion20100801.DescribeAlarms';

/** docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const PAGE = { usual: 50, largest: 100 };

/** Uses AWS JSON 1.0. */
export function createCloudWatchApi({
  account,
  region,
  gate,
  alarms,
}: CloudWatchApiOptions): DocumentService {
  return jsonService<Input>(async (target, input, principal) => {
    if (target !== TARGET) {
      throw new AwsError('UnknownOperationException', `Expected ${TARGET} but received ${target}`);
    }
    const resource = `arn:aws:cloudwatch:${region}:${account}:alarm:*`;
    await gate({ principal, action: 'cloudwatch:DescribeAlarms', resource });
    check(input);
    const found = alarms()
      .filter((watched) => isWanted(watched, input))
      .sort((one, other) => (one.alarm.name < other.alarm.name ? -1 : 1));
    const from = Number(input.NextToken ?? 0);
    const to = from + (input.MaxRecords ?? PAGE.usual);
    return {
      MetricAlarms: found.slice(from, to).map(described),
      CompositeAlarms: [],
      ...(to < found.length && { NextToken: String(to) }),
    };
  });
}

function check(input: Input): void {
  const unknown = Object.keys(input).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    throw new AwsError('ValidationError', `The local engine doesn't know ${unknown} of DescribeAlarms.`);
  }
  const { AlarmNames, AlarmNamePrefix, MaxRecords = PAGE.usual, NextToken = '0' } = input;
  if (AlarmNames && AlarmNamePrefix !== undefined) {
    throw new AwsError('ValidationError', 'Expected one of AlarmNames and AlarmNamePrefix.');
  }
  if (!Number.isInteger(MaxRecords) || MaxRecords < 1 || MaxRecords > PAGE.largest) {
    throw new AwsError(
      'ValidationError',
      `Expected 1 to ${PAGE.largest} for MaxRecords but received ${MaxRecords}.`,
    );
  }
  if (!/^\d+$/.test(NextToken)) throw new AwsError('InvalidNextToken', 'The next token is invalid.');
}

function isWanted({ alarm, state }: WatchedAlarm, input: Input): boolean {
  const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue = state } = input;
  const { ActionPrefix = '' } = input;
  const actions = Object.values(alarm.actions).flat();
  return (
    (AlarmNames?.includes(alarm.name) ?? true) &&
    alarm.name.startsWith(AlarmNamePrefix) &&
    AlarmTypes.includes('MetricAlarm') &&
    state === StateValue &&
    (ActionPrefix === '' || actions.some((action) => action.startsWith(ActionPrefix)))
  );
}

function described({ alarm, state, reason, since }: WatchedAlarm): object {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
    ActionsEnabled: true,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: since / 1_000,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    ...measured(alarm),
  };
}

function measured({ measures, period }: Alarm): object {
  if (Array.isArray(measures)) return { Metrics: measures.map((query) => queryOf(query, period)) };
  return { ...metricOf(measures), Statistic: measures.stat, Period: period };
}

function queryOf({ id, label, returnData, ...query }: MetricQuery, period: number): object {
  return {
    Id: id,
    ...(label !== undefined && { Label: label }),
    ReturnData: returnData,
    ...('expression' in query
      ? { Expression: query.expression }
      : { MetricStat: { Metric: metricOf(query.metric), Period: period, Stat: query.metric.stat } }),
  };
}

const metricOf = ({ namespace, name, dimensions }: MetricStat) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
