/**
 * What CloudWatch publishes when an alarm changes state: JSON, and a text for subscribers by email.
 *
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html, and mails it has sent.
 */

import type { PublishInput } from '../sns';
import type { Alarm, AlarmState, MetricQuery, MetricStat } from '../stack/model';
import { regionName } from './regions';
import { decimal } from './state';

export interface StateChange {
  alarm: Alarm;
  from: AlarmState;
  to: AlarmState;
  reason: string;
  /** Unix milliseconds. */
  time: number;
}

/** The longest subject that SNS accepts. */
const SUBJECT = 100;

/** @param since when the alarm was made, in Unix milliseconds */
export function notification(change: StateChange, since: number): Omit<PublishInput, 'TopicArn'> {
  const { alarm, to } = change;
  const region = regionName(alarm.arn.split(':')[3]!);
  return {
    Subject: `${to}: "${alarm.name}" in ${region}`.slice(0, SUBJECT),
    Message: JSON.stringify({
      default: JSON.stringify(document(change, region, since)),
      email: letter(change, region),
    }),
    MessageStructure: 'json',
  };
}

function document({ alarm, from, to, reason, time }: StateChange, region: string, since: number): object {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: accountOf(alarm),
    AlarmConfigurationUpdatedTimestamp: timestamp(since),
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: timestamp(time),
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: from,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    Trigger: trigger(alarm),
  };
}

function trigger({ measures, ...alarm }: Alarm): object {
  const rules = {
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: '',
  };
  if (Array.isArray(measures)) {
    return { ...rules, Metrics: measures.map((query) => queryDocument(query, alarm.period)) };
  }
  return {
    MetricName: measures.name,
    Namespace: measures.namespace,
    StatisticType: 'Statistic',
    Statistic: measures.stat.toUpperCase(),
    Unit: null,
    Dimensions: dimensions(measures),
    ...rules,
  };
}

function queryDocument(
  { id: Id, label: Label, returnData: ReturnData, ...query }: MetricQuery,
  period: number,
) {
  if ('expression' in query) return { Expression: query.expression, Id, Label, ReturnData };
  const { namespace: Namespace, name: MetricName, stat: Stat } = query.metric;
  const Metric = { Dimensions: dimensions(query.metric), MetricName, Namespace };
  return { Id, Label, MetricStat: { Metric, Period: period, Stat }, ReturnData };
}

const dimensions = (metric: MetricStat) =>
  Object.entries(metric.dimensions).map(([name, value]) => ({ value, name }));

function letter({ alarm, from, to, reason, time }: StateChange, region: string): string {
  const { name, arn, actions } = alarm;
  const code = arn.split(':')[3];
  const console = `https://${code}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${code}#alarmsV2:alarm/`;
  return `You are receiving this email because your Amazon CloudWatch Alarm "${name}" in the ${region} region has entered the ${to} state, because "${reason}" at "${longTime(time)}".

View this alarm in the AWS Management Console:
${console}${encodeURIComponent(name)}

Alarm Details:
${table({
  Name: name,
  Description: alarm.description ?? '',
  'State Change': `${from} -> ${to}`,
  'Reason for State Change': reason,
  Timestamp: longTime(time),
  'AWS Account': accountOf(alarm),
  'Alarm Arn': arn,
})}

Threshold:
- The alarm is in the ALARM state when the metric is ${alarm.comparison} ${decimal(alarm.threshold)} for at least ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} period(s) of ${alarm.period} seconds.

${monitored(alarm)}

State Change Actions:
${(['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const).map((state) => line(state, actions[state].map((topic) => `[${topic}]`).join(' '))).join('\n')}`;
}

function monitored({ measures, period, treatMissingData }: Alarm): string {
  if (!Array.isArray(measures)) {
    return `Monitored Metric:\n${table({
      MetricNamespace: measures.namespace,
      MetricName: measures.name,
      Dimensions: named(measures),
      Period: `${period} seconds`,
      Statistic: measures.stat,
      Unit: 'not specified',
      TreatMissingData: treatMissingData,
    })}`;
  }
  const lines = measures.map((query) =>
    'expression' in query
      ? line(query.id, query.expression)
      : line(
          query.id,
          `${query.metric.stat} of ${query.metric.namespace} ${query.metric.name} ${named(query.metric)}`,
        ),
  );
  return `Monitored Metrics:\n${[...lines, line('Period', `${period} seconds`), line('TreatMissingData', treatMissingData)].join('\n')}`;
}

const named = (metric: MetricStat) =>
  Object.entries(metric.dimensions)
    .map(([name, value]) => `[${name} = ${value}]`)
    .join(' ');

const line = (name: string, value: string) => `- ${name}: ${value}`.trimEnd();

function table(rows: Record<string, string>): string {
  return Object.entries(rows)
    .map(([name, value]) => `- ${`${name}:`.padEnd(27)} ${value}`.trimEnd())
    .join('\n');
}

const accountOf = ({ arn }: Alarm) => arn.split(':')[4]!;

/** As in 2026-11-21T06:35:00.000+0000. */
const timestamp = (time: number) => new Date(time).toISOString().replace('Z', '+0000');

/** As in Saturday 21 November, 2026 06:35:00 UTC. */
function longTime(time: number): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Date(time).toLocaleString('en-GB', { timeZone: 'UTC', ...options });
  const date = `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${part({ year: 'numeric' })}`;
  return `${date} ${part({ timeStyle: 'medium' })} UTC`;
}
