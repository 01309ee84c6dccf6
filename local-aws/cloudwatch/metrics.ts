/** Values of metrics, aggregated by the minute as in CloudWatch, in memory. */

import type { MetricStat } from '../stack/model';

export type Metric = Omit<MetricStat, 'stat'>;

/** All values of a metric since the engine started. */
export interface MetricTotal extends Metric {
  sum: number;
  count: number;
}

/** Aggregated values of one metric. */
interface Sums {
  sum: number;
  count: number;
  least: number;
  most: number;
}

interface Series {
  metric: Metric;
  total: Sums;
  /** By minutes since 1970. */
  minutes: Map<number, Sums>;
}

const NONE: Sums = { sum: 0, count: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };

const STATISTICS: Record<MetricStat['stat'], (sums: Sums) => number> = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Maximum: ({ most }) => most,
  Minimum: ({ least }) => least,
  SampleCount: ({ count }) => count,
};

export const MINUTE = 60_000;

/** Times are Unix milliseconds. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  put(metric: Metric, values: number[], time: number): void {
    const { namespace, name, dimensions } = metric;
    const key = keyOf(metric);
    const series = this.#series.get(key) ?? {
      metric: { namespace, name, dimensions },
      total: NONE,
      minutes: new Map(),
    };
    this.#series.set(key, series);
    const minute = Math.floor(time / MINUTE);
    for (const value of values) {
      const one = { sum: value, count: 1, least: value, most: value };
      series.total = add(series.total, one);
      series.minutes.set(minute, add(series.minutes.get(minute) ?? NONE, one));
    }
  }

  /** @returns undefined if there is no value in the time from `from` until before `to`, both whole minutes */
  statistic(metric: MetricStat, from: number, to: number): number | undefined {
    const series = this.#series.get(keyOf(metric));
    let sums = NONE;
    for (let minute = from / MINUTE; minute < to / MINUTE; minute++) {
      sums = add(sums, series?.minutes.get(minute) ?? NONE);
    }
    return sums.count === 0 ? undefined : STATISTICS[metric.stat](sums);
  }

  /** Totals of all metrics so far. */
  totals(): MetricTotal[] {
    return [...this.#series.values()].map(({ metric, total: { sum, count } }) => ({ ...metric, sum, count }));
  }

  /** Forgets the minutes after a time, which the clock was set back to: they will come again. */
  forgetAfter(time: number): void {
    for (const { minutes } of this.#series.values()) {
      for (const minute of minutes.keys()) if (minute > time / MINUTE) minutes.delete(minute);
    }
  }

  /** Forgets the minutes before a time; the totals stay. */
  forget(before: number): void {
    for (const { minutes } of this.#series.values()) {
      for (const minute of minutes.keys()) if (minute < before / MINUTE) minutes.delete(minute);
    }
  }
}

const add = (a: Sums, b: Sums): Sums => ({
  sum: a.sum + b.sum,
  count: a.count + b.count,
  least: Math.min(a.least, b.least),
  most: Math.max(a.most, b.most),
});

/** The order of dimensions doesn't matter. */
function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
