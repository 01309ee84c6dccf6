import { compile } from '../cloudwatch/expression';
import { checkMade } from '../cloudwatch/made';
import { single, text } from './arguments';
import type { Block } from './block';
import type { Alarm, MetricQuery, MetricStat, Stack } from './model';

type Json = Record<string, unknown>;

const STATISTICS = ['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount'] as const;
const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** Metrics are kept by the minute, and alarms evaluated once a minute. */
const MINUTE = 60;

/** @throws Error for what CloudWatch would refuse, or what can't be evaluated here as CloudWatch does */
export function alarm(block: Block, stack: Stack): Alarm {
  const evaluationPeriods = positive('evaluation_periods', block.get('evaluation_periods'));
  const datapointsToAlarm = positive(
    'datapoints_to_alarm',
    block.get('datapoints_to_alarm') ?? evaluationPeriods,
  );
  if (datapointsToAlarm > evaluationPeriods) {
    throw new Error(
      `Expected at most evaluation_periods, ${evaluationPeriods}, for datapoints_to_alarm but received ${datapointsToAlarm}`,
    );
  }
  const { measures, period } = measured(block);
  for (const metric of metricsOf(measures)) checkMade(metric, stack);
  const description = block.get('alarm_description');
  return {
    name: text(block, 'alarm_name'),
    arn: text(block, 'arn'),
    ...(typeof description === 'string' && { description }),
    measures,
    period,
    evaluationPeriods,
    datapointsToAlarm,
    comparison: oneOf('comparison_operator', COMPARISONS, block.get('comparison_operator')),
    threshold: number('threshold', block.get('threshold')),
    treatMissingData: oneOf('treat_missing_data', MISSING_DATA, block.get('treat_missing_data') ?? 'missing'),
    actions: {
      OK: actions(block, 'ok_actions', stack),
      ALARM: actions(block, 'alarm_actions', stack),
      INSUFFICIENT_DATA: actions(block, 'insufficient_data_actions', stack),
    },
  };
}

function metricsOf(measures: Alarm['measures']): MetricStat[] {
  if (!Array.isArray(measures)) return [measures];
  return measures.flatMap((query) => ('metric' in query ? [query.metric] : []));
}

function measured(block: Block): Pick<Alarm, 'measures' | 'period'> {
  const given = block.get('metric_query');
  if (given === undefined) {
    const measures = metricStat(block.get, block.get('statistic'));
    return { measures, period: periodOf(block.get('period')) };
  }
  const blocks = [given].flat() as Json[];
  const queries = blocks.map(query);
  const [first, ...others] = new Set(
    blocks.flatMap(({ metric }) => (metric ? [single(metric)['period']] : [])),
  );
  if (others.length > 0)
    throw new Error('Expected metrics of one period in metric_query but received several');
  if (queries.filter(({ returnData }) => returnData).length !== 1) {
    throw new Error('Expected one metric_query with return_data');
  }
  const ids = queries.filter((each) => 'metric' in each).map(({ id }) => id);
  for (const each of queries) if ('expression' in each) compile(each.expression, ids);
  return { measures: queries, period: periodOf(first) };
}

function query(raw: Json): MetricQuery {
  const { id, label, expression, metric, return_data } = raw;
  refuseOthers(raw, ['id', 'label', 'expression', 'metric', 'return_data']);
  const common = {
    id: String(id),
    ...(label !== undefined && { label: String(label) }),
    returnData: return_data === true,
  };
  if (expression !== undefined) return { ...common, expression: String(expression) };
  const stat = single(metric);
  refuseOthers(stat, ['namespace', 'metric_name', 'dimensions', 'stat', 'period']);
  const get = (argument: string) => stat[argument];
  return { ...common, metric: metricStat(get, get('stat')) };
}

function refuseOthers(block: Json, known: string[]): void {
  const unknown = Object.keys(block).filter((key) => block[key] !== undefined && !known.includes(key));
  if (unknown.length > 0) {
    throw new Error(`Expected ${known.join(', ')} in metric_query but received ${unknown.join(', ')}`);
  }
}

function metricStat(get: (argument: string) => unknown, stat: unknown): MetricStat {
  const dimensions = Object.entries(single(get('dimensions')));
  return {
    namespace: String(get('namespace')),
    name: String(get('metric_name')),
    dimensions: Object.fromEntries(dimensions.map(([name, value]) => [name, String(value)])),
    stat: oneOf('the statistic', STATISTICS, stat),
  };
}

function actions(block: Block, argument: string, { topics }: Stack): string[] {
  if (block.get('actions_enabled') === false) return [];
  const arns = (block.get(argument) ?? []) as string[];
  for (const arn of arns) {
    if (!topics.some((topic) => topic.arn === arn)) {
      throw new Error(`Expected a topic of the stack for ${argument} but received ${arn}`);
    }
  }
  return arns;
}

function periodOf(value: unknown): number {
  const period = number('period', value);
  if (period >= MINUTE && period % MINUTE === 0) return period;
  throw new Error(`Expected a multiple of ${MINUTE} seconds for period but received ${period}`);
}

function positive(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1) return Number(value);
  throw new Error(`Expected 1 or more for ${name} but received ${JSON.stringify(value)}`);
}

function number(name: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`Expected a number for ${name} but received ${JSON.stringify(value)}`);
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: unknown): T {
  const found = allowed.find((each) => each === value);
  if (found) return found;
  throw new Error(`Expected one of ${allowed.join(', ')} for ${name} but received ${JSON.stringify(value)}`);
}
