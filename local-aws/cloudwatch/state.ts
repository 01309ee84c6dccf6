/**
 * Decides the state of an alarm by its latest data points.
 *
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */

import type { Alarm, AlarmState, Comparison } from '../stack/model';

export interface DataPoint {
  /** Unix milliseconds at which its period begins. */
  start: number;
  /** Undefined if it is missing. */
  value: number | undefined;
}

export interface Verdict {
  state: AlarmState;
  reason: string;
}

type Rules = Pick<
  Alarm,
  'comparison' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData'
>;

type Point = DataPoint & { value: number };

/** CloudWatch looks further back than it has to, in case data points are missing: 5 for 3 in the examples of its guide. */
const FURTHER = 2;

/** How many data points an alarm looks at. */
export const rangeOf = ({ evaluationPeriods }: Pick<Alarm, 'evaluationPeriods'>) =>
  evaluationPeriods + FURTHER;

const COMPARISONS: Record<
  Comparison,
  { breaches: (value: number, threshold: number) => boolean; words: string }
> = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value, threshold) => value >= threshold,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: { breaches: (value, threshold) => value > threshold, words: 'greater than' },
  LessThanThreshold: { breaches: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: (value, threshold) => value <= threshold,
    words: 'less than or equal to',
  },
};

/**
 * @param range the data points of the alarm's range, the newest first
 * @returns undefined if the alarm stays in its state
 */
export function judge(alarm: Rules, range: DataPoint[]): Verdict | undefined {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = alarm;
  const points = range
    .filter((point): point is Point => point.value !== undefined)
    .slice(0, evaluationPeriods);
  const missing = evaluationPeriods - points.length;
  const breaches = ({ value }: Point) => COMPARISONS[alarm.comparison].breaches(value, alarm.threshold);
  const breaching = points.filter(breaches);
  const others = points.filter((point) => !breaches(point));

  const alarming = () => crossed(alarm, breaching, missing, true);
  const fine = () => crossed(alarm, others, missing, false);

  if (breaching.length >= datapointsToAlarm) return alarming();
  if (missing === 0 || treatMissingData === 'notBreaching') return fine();
  if (treatMissingData === 'breaching') {
    return breaching.length + missing >= datapointsToAlarm ? alarming() : fine();
  }
  if (points.length === 0) {
    return treatMissingData === 'missing'
      ? { state: 'INSUFFICIENT_DATA', reason: unknown(missing) }
      : undefined;
  }
  if (others.length > 0) return fine();
  // If there are few data points and all of them breach, the alarm goes off once the oldest is old enough.
  const age = range.indexOf(breaching.at(-1)!) + 1;
  return treatMissingData === 'missing' && age >= datapointsToAlarm ? alarming() : undefined;
}

/** In CloudWatch's words. */
function crossed(alarm: Rules, points: Point[], missing: number, isAlarm: boolean): Verdict {
  const { evaluationPeriods, datapointsToAlarm, comparison, threshold, treatMissingData } = alarm;
  const state = isAlarm ? 'ALARM' : 'OK';
  const as = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const filled =
    missing > 0 && treatMissingData.endsWith('reaching')
      ? `${count(missing, 'missing datapoint')} ${were(missing)} treated as [${as}]`
      : '';
  if (missing === evaluationPeriods) {
    const periods = count(evaluationPeriods, 'period');
    return { state, reason: `Threshold Crossed: no datapoints were received for ${periods} and ${filled}.` };
  }
  const values = points.map(({ value, start }) => `${decimal(value)} (${dateTime(start)})`).join(', ');
  const received =
    points.length > 0
      ? `${points.length} out of the last ${evaluationPeriods} datapoints [${values}] ${were(points.length)} ` +
        `${isAlarm ? '' : 'not '}${COMPARISONS[comparison].words} the threshold (${decimal(threshold)})`
      : '';
  const what = [received, filled].filter(Boolean).join(' and ');
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const transition = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  const reason = `Threshold Crossed: ${what} (minimum ${count(least, 'datapoint')} for ${transition} transition).`;
  return { state, reason };
}

const unknown = (missing: number) =>
  `Insufficient Data: ${count(missing, 'datapoint')} ${were(missing)} unknown.`;

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const were = (number: number) => (number === 1 ? 'was' : 'were');

/** 1 is written 1.0. */
export const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** As in 21/11/26 06:35:00. */
function dateTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}
