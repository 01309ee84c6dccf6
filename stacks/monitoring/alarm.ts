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
  readonly runbook?: string;
}

/** An alarm that notifies a topic when it goes off and again when it is over. */
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
 * Arithmetic treats a metric without a value as 0, but only if another metric has one. Alarms can't use `SUM`:
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
