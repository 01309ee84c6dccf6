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
  /** In kebab-case; the alarm is called `<namePrefix>-<name>`. */
  readonly name: string;
  /** What has happened and what users notice of it: whole sentences. */
  readonly description: string;
  /** Ends the sentence "Look first at". */
  readonly lookAt: string;
  /** A line to paste into a shell. The names in it follow from `namePrefix`. */
  readonly run: string;
  readonly measure: Measure;
  /** The alarm goes off at this value or above. */
  readonly threshold: number;
  /**
   * Periods in a row for which it must hold.
   * @default 1
   */
  readonly periods?: number;
  /**
   * Whether the metric always has values. If they stop, that is a fault of its own, and the topic is notified of it too.
   * For other metrics, no values mean that nothing happened.
   * @default false
   */
  readonly steady?: boolean;
  /**
   * Heading in docs/operations.md.
   * @default - the name
   */
  readonly runbook?: string;
}

/** An alarm that notifies a topic when it goes off and when it is over. */
export class Alarm extends Construct {
  readonly arn: string;

  constructor(scope: Construct, namePrefix: string, topic: Topic, props: AlarmProps) {
    super(scope, props.name);
    const alarm = new CloudwatchMetricAlarm(this, 'alarm', {
      alarmName: `${namePrefix}-${props.name}`,
      alarmDescription: describe(props),
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

const describe = ({ description, lookAt, run, name, runbook = name }: AlarmProps) =>
  `${description} Look first at ${lookAt}. Run: ${run} . Runbook: docs/operations.md#${runbook}`;

type Measured = Pick<
  CloudwatchMetricAlarmConfig,
  'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'period' | 'metricQuery'
>;

/**
 * Arithmetic treats a metric without a value as 0, but only while another one has a value. `SUM` is not allowed in alarms:
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
        // A function that did not run in a period has no value at all.
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
