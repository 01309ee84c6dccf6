import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { Topic } from '../messaging/topic';
import { type Metric, PERIOD } from './metrics';

/** What an alarm measures: one metric, the sum of several (at most 10, says CloudWatch), or the share of one in another, in percent. */
export type Measure =
  | { readonly metric: Metric }
  | { readonly sum: Metric[] }
  | {
      readonly part: Metric;
      readonly whole: Metric;
      /** A share of fewer says nothing, and counts as 0. */
      readonly minimum: number;
    };

export interface AlarmProps {
  /** In kebab-case; the alarm is called `<namePrefix>-<name>`. */
  readonly name: string;
  /** What has happened, and what to look at first. */
  readonly description: string;
  readonly measure: Measure;
  /** The alarm goes off at this value or above. */
  readonly threshold: number;
  /**
   * Periods in a row for which it must hold.
   * @default 1
   */
  readonly periods?: number;
  /**
   * Whether the metric always has values, so that their absence is trouble of its own: people are told of it as of the
   * alarm. Otherwise no values mean that nothing happened.
   * @default false
   */
  readonly steady?: boolean;
  /**
   * Heading in docs/operations.md.
   * @default - the name
   */
  readonly runbook?: string;
}

/** An alarm that tells a topic when it goes off and when it is over. */
export class Alarm extends Construct {
  readonly arn: string;

  constructor(scope: Construct, namePrefix: string, topic: Topic, props: AlarmProps) {
    super(scope, props.name);
    const alarm = new CloudwatchMetricAlarm(this, 'alarm', {
      alarmName: `${namePrefix}-${props.name}`,
      alarmDescription: `${props.description} Runbook: docs/operations.md#${props.runbook ?? props.name}`,
      ...measured(props.measure),
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

type Measured = Pick<
  CloudwatchMetricAlarmConfig,
  'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'period' | 'metricQuery'
>;

/**
 * Where one of several metrics has no value, arithmetic takes it for 0; `SUM` is not for alarms:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function measured(measure: Measure): Measured {
  if ('metric' in measure) {
    const { namespace, name, dimensions, stat } = measure.metric;
    return { namespace, metricName: name, dimensions, statistic: stat, period: PERIOD };
  }
  if ('sum' in measure) {
    return {
      metricQuery: [
        ...measure.sum.map((metric, n) => query(`m${n}`, metric)),
        // What did not run in a period has no value at all.
        answer(measure.sum.map((_, n) => `FILL(m${n}, 0)`).join(' + '), 'total'),
      ],
    };
  }
  const { part, whole, minimum } = measure;
  return {
    metricQuery: [
      query('part', part),
      query('whole', whole),
      answer(`IF(whole >= ${minimum}, 100 * part / whole, 0)`, 'percent'),
    ],
  };
}

const query = (id: string, { namespace, name, dimensions, stat }: Metric) => ({
  id,
  metric: { namespace, metricName: name, dimensions, stat, period: PERIOD },
  returnData: false,
});

const answer = (expression: string, id: string) => ({ id, expression, label: id, returnData: true });
