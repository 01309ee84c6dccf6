import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { Topic } from '../messaging/topic';
import { type Metric, PERIOD } from './metrics';

/** What an alarm measures: one metric, the sum of several (CloudWatch allows 10), or one as a percentage of another. */
export type Measure =
  | { readonly metric: Metric }
  | { readonly sum: Metric[] }
  | {
      readonly part: Metric;
      readonly whole: Metric;
      /** Below this many, a percentage says little and counts as 0. */
      readonly minimum: number;
    };

export interface AlarmProps {
  /** In kebab-case. The alarm's name is `<namePrefix>-<name>`. */
  readonly name: string;
  /** What happened and what users notice, in whole sentences. */
  readonly description: string;
  /** The rest of the sentence that begins with "Look first at". */
  readonly lookAt: string;
  /** A line to paste into a shell, with the names of this stack. */
  readonly run: string;
  readonly measure: Measure;
  /** The alarm goes off at this value and above. */
  readonly threshold: number;
  /**
   * How many periods in a row must reach the threshold.
   * @default 1
   */
  readonly periods?: number;
  /**
   * Whether the metric always has values. If they stop, something is wrong, and the topic is notified. For other metrics,
   * no values mean that nothing happened.
   * @default false
   */
  readonly steady?: boolean;
  /**
   * Its heading in docs/operations.md.
   * @default - the name
   */
  readonly section?: string;
}

/** An alarm that notifies a topic when it goes off and again when it is over. */
export class Alarm extends Construct {
  readonly arn: string;

  /** @param runbook URL or path of docs/operations.md */
  constructor(
    scope: Construct,
    { namePrefix, topic, runbook }: { namePrefix: string; topic: Topic; runbook: string },
    props: AlarmProps,
  ) {
    super(scope, props.name);
    const alarm = new CloudwatchMetricAlarm(this, 'alarm', {
      alarmName: `${namePrefix}-${props.name}`,
      alarmDescription: describe(props, runbook),
      ...(props.steady ? steady(props.measure) : measured(props.measure)),
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      datapointsToAlarm: props.periods ?? 1,
      treatMissingData: props.steady ? 'missing' : 'notBreaching',
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      insufficientDataActions: props.steady ? [topic.arn] : undefined,
    });
    this.arn = alarm.arn;
  }
}

const describe = ({ description, lookAt, run, name, section = name }: AlarmProps, runbook: string) =>
  `${description} Look first at ${lookAt}. Run: ${run} . Runbook: ${runbook}#${section}`;

type Measured = Pick<
  CloudwatchMetricAlarmConfig,
  'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'period' | 'metricQuery'
>;

/** A metric that always has a value: a missing one means that whatever measures it has stopped. */
function steady(measure: Measure): Measured {
  if (!('metric' in measure)) throw new Error('Expected one metric for an alarm that is steady');
  const { namespace, name, dimensions, stat } = measure.metric;
  return { namespace, metricName: name, dimensions, statistic: stat, period: PERIOD };
}

/**
 * A period without a value counts as 0. Otherwise CloudWatch looks further back for one, whatever the treatment of missing data
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html). Each minute it looks at other five
 * minutes, so that an alarm on one batch of failures goes off, is over, and goes off again when the batch is found further back.
 *
 * `SUM` is not allowed in alarms: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function measured(measure: Measure): Measured {
  if ('whole' in measure) {
    const { part, whole, minimum } = measure;
    return {
      metricQuery: [
        query('part', part),
        query('whole', whole),
        answer(`IF(FILL(whole, 0) >= ${minimum}, 100 * FILL(part, 0) / FILL(whole, 1), 0)`, 'percent'),
      ],
    };
  }
  const metrics = 'metric' in measure ? [measure.metric] : measure.sum;
  return {
    metricQuery: [
      ...metrics.map((metric, n) => query(`m${n}`, metric)),
      answer(metrics.map((_, n) => `FILL(m${n}, 0)`).join(' + '), 'total'),
    ],
  };
}

const query = (id: string, { namespace, name, dimensions, stat }: Metric) => ({
  id,
  metric: { namespace, metricName: name, dimensions, stat, period: PERIOD },
  returnData: false,
});

const answer = (expression: string, id: string) => ({ id, expression, label: id, returnData: true });
